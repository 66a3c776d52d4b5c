package dev.copresence.http;

import dev.copresence.PresenceConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.net.URISyntaxException;

/** What is refused before, or because, no resource answers: addresses too long, bodies too slow, nothing there. */
@ApplicationScoped
class HttpLayer {

    /** Under which nothing is answered without an identity. */
    static final String API = "/api/";

    /** Characters of a request's address. */
    private static final int MAX_URI_LENGTH = 8 << 10;

    /** As many as the server reads at all: a stream may name twenty pages. */
    private static final int MAX_STREAM_URI_LENGTH = 64 << 10;

    private static final String STREAM = API + "presence/stream";

    private static final int FIRST = 10_000;
    private static final int LAST = Integer.MAX_VALUE;

    private final Problems problems;
    private final Origins origins;
    private final long bodyTimeoutMillis;

    HttpLayer(Problems problems, Origins origins, PresenceConfig config) {
        this.problems = problems;
        this.origins = origins;
        this.bodyTimeoutMillis = config.limits().bodyTimeout().toMillis();
    }

    void filter(@Observes Filters filters) {
        // One filter for all: each costs a walk through the router.
        filters.register(this::receive, FIRST);
    }

    void route(@Observes Router router) {
        router.route().order(-FIRST).failureHandler(this::failed);
        // A path that cannot be decoded fails in the router itself, before any route.
        router.errorHandler(400, context -> problems.refuse(context, 400));
        router.route()
                .order(LAST)
                .handler(context -> problems.refuse(context, Refusal.NOT_FOUND, "There is nothing at this address."));
    }

    /** What the server itself could not take, such as an address that cannot be decoded; identity is the resources'. */
    private void failed(RoutingContext context) {
        var failure = context.failure();
        if (failure == null || failure instanceof HttpException || failure instanceof VertxException) {
            problems.refuse(context, context.statusCode());
        } else {
            context.next();
        }
    }

    private void receive(RoutingContext context) {
        if (isGoodAddress(context)) {
            limitBodyTime(context);
            hideForeignOrigin(context);
            context.next();
        }
    }

    /** Whether the address is one; a request whose address is none is refused. */
    private boolean isGoodAddress(RoutingContext context) {
        var limit = STREAM.equals(context.request().path()) ? MAX_STREAM_URI_LENGTH : MAX_URI_LENGTH;
        if (context.request().uri().length() > limit) {
            problems.refuse(
                    context, Refusal.URI_TOO_LONG, "The address must not be longer than " + limit + " characters.");
            return false;
        }
        if (!isAddress(context.request().uri())) {
            problems.refuse(context, Refusal.INVALID_INPUT, "The address is not a URI (RFC 3986).");
            return false;
        }
        return true;
    }

    private static boolean isAddress(String uri) {
        try {
            return new URI(uri).getRawPath() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /**
     * The server's own filter would refuse a foreign origin with an empty answer, even beside a bearer, and fail on some
     * hosts. Unseen by it the request is answered without leave for the origin's pages to read that. The client's scripts are
     * for the pages of any origin, and say so themselves.
     */
    private void hideForeignOrigin(RoutingContext context) {
        var request = context.request();
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && (isClient(context) || !origins.mayRead(request, origin))) {
            Origins.hide(context);
        }
    }

    private static boolean isClient(RoutingContext context) {
        return context.normalizedPath().startsWith("/copresence/");
    }

    private void limitBodyTime(RoutingContext context) {
        var request = context.request();
        if (request.method().equals(HttpMethod.POST) && !request.isEnded()) {
            var timer = context.vertx().setTimer(bodyTimeoutMillis, late -> {
                if (!request.isEnded()) {
                    problems.refuse(context, Refusal.BODY_TOO_SLOW, "The body did not arrive in time.");
                    request.connection().close();
                }
            });
            context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
        }
    }
}
