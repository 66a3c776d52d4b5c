package dev.copresence.http.door;

import dev.copresence.PresenceConfig;
import dev.copresence.http.refusals.Problems;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusalPage;
import dev.copresence.http.refusals.SafeHeaders;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The layer that refuses before, or because, no resource answers: addresses too long, bodies too slow, nothing there. */
@Singleton
public class HttpLayer {

    private static final Logger LOG = Logger.getLogger(HttpLayer.class);

    /** The beginning of all addresses of the API, where nothing is answered without an identity. */
    public static final String API = "/api/";

    /** The call that does not end. */
    public static final String STREAM = API + "presence/stream";

    private static final int FIRST = 10_000;
    private static final int LAST = Integer.MAX_VALUE;

    private final Problems problems;
    private final Origins origins;
    private final CallTimes times;
    private final List<String> foreignMethods;
    private final BodyDeadlines bodies;
    private final RefusalPage page;
    private final boolean hasSite;

    /**
     * Makes the layer.
     *
     * @param foreignMethods those that pages of configured origins may use; without them all
     */
    HttpLayer(
            Problems problems,
            Origins origins,
            CallTimes times,
            RefusalPage page,
            @ConfigProperty(name = "quarkus.http.cors.methods") Optional<List<String>> foreignMethods,
            BodyDeadlines bodies,
            PresenceConfig config) {
        this.problems = problems;
        this.origins = origins;
        this.times = times;
        this.foreignMethods = foreignMethods.orElse(List.of());
        this.bodies = bodies;
        this.page = page;
        this.hasSite = config.site() == PresenceConfig.Site.DEMO;
    }

    void filter(@Observes Filters filters) {
        // One filter for all: each costs a walk through the router.
        filters.register(this::receive, FIRST);
    }

    void route(@Observes Router router) {
        router.route().order(-FIRST).failureHandler(this::failed);
        // A path that cannot be decoded fails in the router itself, before any route.
        router.errorHandler(400, context -> problems.refuse(context, 400));
        router.route().order(LAST).handler(page::nothingHere);
    }

    /** Refuses what the server itself could not take, such as an address that cannot be decoded; identity is the resources'. */
    private void failed(RoutingContext context) {
        var failure = context.failure();
        if (isClientsGoing(failure, context.response())) {
            LOG.debug("A client went before its answer", failure);
        } else if (failure == null || failure instanceof HttpException || failure instanceof VertxException) {
            problems.refuse(context, context.statusCode());
        } else {
            context.next();
        }
    }

    /** True if a body could not be read, or an answer not be written to its end, since nobody is there any more. */
    private static boolean isClientsGoing(@Nullable Throwable failure, HttpServerResponse response) {
        return failure instanceof HttpClosedException
                || failure instanceof IOException
                || response.closed()
                || failure instanceof VertxException && response.headWritten();
    }

    private void receive(RoutingContext context) {
        var plain = Addresses.withoutSlash(context.request().path());
        if (plain != null) {
            var query = context.request().query();
            context.reroute(query == null ? plain : plain + '?' + query);
            return;
        }
        times.measure(context);
        SafeHeaders.begin(context);
        if (hasBody(context.request())) {
            bodies.await(context, this::endLate);
        }
        var fault = RequestRules.fault(context.request());
        if (fault != null) {
            problems.refuse(context, fault.refusal(), fault.detail());
            if (fault.endsConnection()) {
                context.request().connection().close();
            }
            return;
        }
        if (!hasSite && Addresses.isOfSite(context.request().path())) {
            page.nothingHere(context);
            return;
        }
        if (isForOrigin(context)) {
            context.next();
        }
    }

    /**
     * Sees to it that the server's own filter of origins lets the request pass or is refused here: it would refuse with an
     * empty answer, even beside a bearer, and fail on some hosts. A foreign origin is hidden from it: the request is answered
     * without leave for the origin's pages to read that. Our own is
     * spelled as the filter spells it. The client's scripts are for the pages of any origin, and say so themselves.
     *
     * @return false if the request has been refused
     */
    private boolean isForOrigin(RoutingContext context) {
        var request = context.request();
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return true;
        }
        if (isClient(context) || !origins.mayRead(request, origin)) {
            Origins.hide(context);
        } else if (!origins.isConfigured(origin)) {
            if (Origins.isOwn(request, origin)) {
                request.headers().set(HttpHeaders.ORIGIN, request.scheme() + "://" + request.authority());
            }
        } else if (!foreignMethods.isEmpty()
                && !request.method().equals(HttpMethod.OPTIONS)
                && !foreignMethods.contains(request.method().name())) {
            problems.refuse(context, Refusal.FOREIGN_ORIGIN, "Pages of another origin may not use this method.");
            return false;
        }
        return true;
    }

    private static boolean isClient(RoutingContext context) {
        return context.normalizedPath().startsWith("/copresence/");
    }

    /** Refuses a request whose body is not here in time, if it has no answer yet, and ends its connection. */
    private void endLate(RoutingContext context) {
        if (!context.response().ended()) {
            problems.refuse(context, Refusal.BODY_TOO_SLOW, "The body did not arrive in time.");
        }
        context.request().connection().close();
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || request.version() == HttpVersion.HTTP_2 && request.method().equals(HttpMethod.POST);
    }
}
