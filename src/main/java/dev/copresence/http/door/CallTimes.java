package dev.copresence.http.door;

import dev.copresence.http.refusals.Refusal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The measure of how long calls take: the timer {@code http.server.requests}. A series is kept for ever, so each label has few values and
 * none is text that a client has sent: whatever is not known is {@link #OTHER}.
 */
@Singleton
class CallTimes {

    static final String OTHER = "OTHER";

    /** The status of a call whose client has gone before its answer. */
    private static final int RESET = 0;

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

    private static final String PRESENCE = HttpLayer.API + "presence/";

    /** The calls below {@link #PRESENCE}, but for the stream: its whole life would count as one slow call. */
    private static final Set<String> CALLS = Set.of(
            "join",
            "heartbeat",
            "leave",
            "batch",
            "list",
            "lookup",
            "me",
            "keys",
            "editor/verify",
            "editor/request",
            "editor/handover",
            "editor/keep",
            "editor/takeover");

    private static final Set<String> PAGES = Set.of("/", "/login", "/logout", HttpLayer.API + "demo/pages");

    private static final Map<String, String> FOLDERS =
            Map.of("/copresence/", "/copresence/{file}", "/demo/", "/demo/{file}", "/docs/", "/docs/{page}");

    private final MeterRegistry meters;
    private final Map<Labels, Timer> timers = new ConcurrentHashMap<>();

    CallTimes(MeterRegistry meters) {
        this.meters = meters;
    }

    /** One series. */
    private record Labels(String method, String uri, int status) {}

    static boolean isMethod(String method) {
        return METHODS.contains(method);
    }

    /** Measures a call from now to its end. */
    void measure(RoutingContext context) {
        var path = context.request().path();
        if (HttpLayer.STREAM.equals(path)) {
            return;
        }
        var clock = meters.config().clock();
        var start = clock.monotonicTime();
        context.addEndHandler(end -> {
            var status = end.succeeded() ? context.response().getStatusCode() : RESET;
            var labels = new Labels(method(context.request().method().name()), uri(path), status);
            timers.computeIfAbsent(labels, this::timer).record(clock.monotonicTime() - start, TimeUnit.NANOSECONDS);
        });
    }

    private Timer timer(Labels labels) {
        return Timer.builder("http.server.requests")
                .description("How long calls take")
                .tag("method", labels.method())
                .tag("uri", labels.uri())
                .tag("status", labels.status() == RESET ? "RESET" : String.valueOf(labels.status()))
                .tag("outcome", outcome(labels.status()))
                .register(meters);
    }

    private static String method(String method) {
        return isMethod(method) ? method : OTHER;
    }

    private static String uri(@Nullable String path) {
        if (path == null) {
            return OTHER;
        }
        if (path.startsWith(PRESENCE)) {
            return CALLS.contains(path.substring(PRESENCE.length())) ? path : OTHER;
        }
        if (PAGES.contains(path)) {
            return path;
        }
        return FOLDERS.getOrDefault(path.substring(0, path.indexOf('/', 1) + 1), OTHER);
    }

    /** A method that nobody knows (501) is the client's mistake. */
    private static String outcome(int status) {
        return switch (status / 100) {
            case 1 -> "INFORMATIONAL";
            case 2 -> "SUCCESS";
            case 3 -> "REDIRECTION";
            case 5 -> status == Refusal.NOT_IMPLEMENTED.status() ? "CLIENT_ERROR" : "SERVER_ERROR";
            default -> "CLIENT_ERROR";
        };
    }
}
