package dev.copresence.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.TimeUnit;

/** What is refused before, or because, no resource answers: addresses too long, bodies too slow, nothing there. */
@ApplicationScoped
class HttpLayer {

    /** Characters of a request's address. */
    private static final int MAX_URI_LENGTH = 8 << 10;

    /** As many as the server reads at all: a stream may name twenty pages. */
    private static final int MAX_STREAM_URI_LENGTH = 64 << 10;

    /** In which a body has to be here as a whole, in ms. */
    private static final long BODY_TIMEOUT = TimeUnit.SECONDS.toMillis(10);

    private static final String STREAM = "/api/presence/stream";

    private static final int FIRST = 10_000;
    private static final int LAST = Integer.MAX_VALUE;

    private final Problems problems;

    HttpLayer(Problems problems) {
        this.problems = problems;
    }

    void filter(@Observes Filters filters) {
        filters.register(this::checkAddress, FIRST);
        filters.register(this::limitBodyTime, FIRST - 1);
    }

    void route(@Observes Router router) {
        router.route().order(-FIRST).failureHandler(this::failed);
        router.route()
                .order(LAST)
                .handler(context -> problems.refuse(context, Refusal.NOT_FOUND, "There is nothing at this address."));
    }

    /** What the server itself could not take, such as an address that cannot be decoded; identity is the resources'. */
    private void failed(RoutingContext context) {
        if (context.failure() == null || context.failure() instanceof HttpException) {
            problems.refuse(context, context.statusCode());
        } else {
            context.next();
        }
    }

    private void checkAddress(RoutingContext context) {
        var limit = STREAM.equals(context.request().path()) ? MAX_STREAM_URI_LENGTH : MAX_URI_LENGTH;
        if (context.request().uri().length() > limit) {
            problems.refuse(
                    context, Refusal.URI_TOO_LONG, "The address must not be longer than " + limit + " characters.");
        } else if (!isAddress(context.request().uri())) {
            problems.refuse(context, Refusal.INVALID_INPUT, "The address is not a URI (RFC 3986).");
        } else {
            context.next();
        }
    }

    private static boolean isAddress(String uri) {
        try {
            return new URI(uri).getRawPath() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private void limitBodyTime(RoutingContext context) {
        var request = context.request();
        if (request.method().equals(HttpMethod.POST) && !request.isEnded()) {
            var timer = context.vertx().setTimer(BODY_TIMEOUT, late -> {
                if (!request.isEnded()) {
                    problems.refuse(context, Refusal.BODY_TOO_SLOW, "The body did not arrive in time.");
                    request.connection().close();
                }
            });
            context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
        }
        context.next();
    }
}
