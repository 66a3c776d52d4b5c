package dev.copresence.http.identity;

import dev.copresence.http.door.HttpLayer;
import dev.copresence.http.refusals.StrictJsonReader;
import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.util.Set;
import org.jboss.resteasy.reactive.server.handlers.RestInitialHandler;
import org.jspecify.annotations.Nullable;

/**
 * The short way to the resources, for calls of the API by who is remembered. It leaves out the stations that would find nothing to
 * do for such a call: the server's authentication, its permissions, and a walk through all other routes. What the call means
 * is said by the resources alone, whichever way it came; whatever is unusual about a request sends it the usual way.
 */
@Singleton
class DirectEntry {

    /** Behind the server's filter of origins, and before its authentication (300 and 200). */
    private static final int BEHIND_ORIGINS = 250;

    private static final String ANYTHING = "*/*";

    private static final String PRESENCE = HttpLayer.API + "presence/";

    /** The permissions that this service has by itself, none of which is about the API. */
    private static final Set<String> OWN_PERMISSIONS = Set.of("login", "docs");

    private final VerifiedCredentials credentials;
    private final boolean isOpen;

    /** The way into the resources; null until the first request, when there are resources. Two threads may both make it. */
    private volatile @Nullable RestInitialHandler resources;

    DirectEntry(VerifiedCredentials credentials, VertxHttpConfig config) {
        this.credentials = credentials;
        // An operator's own permissions hold for every call. Dev mode makes the resources anew with each change.
        isOpen = OWN_PERMISSIONS.containsAll(config.auth().permissions().keySet())
                && LaunchMode.current() != LaunchMode.DEVELOPMENT;
    }

    void filter(@Observes Filters filters) {
        if (isOpen) {
            filters.register(this::enter, BEHIND_ORIGINS);
        }
    }

    private void enter(RoutingContext context) {
        var request = context.request();
        if (!isUsual(request) || credentials.remembered(context) == null) {
            context.next();
            return;
        }
        if (request.method().equals(HttpMethod.GET)) {
            resources().beginProcessing(context);
        } else {
            request.body().onComplete(read -> {
                if (read.succeeded()) {
                    ((RoutingContextInternal) context).setBody(read.result());
                    resources().beginProcessing(context);
                } else {
                    context.fail(read.cause());
                }
            });
            // The server hands requests over with their bodies held back.
            request.resume();
        }
    }

    /** True for a call that ends, and either has no body or one that says how long it is, which is not too long to be read. */
    private static boolean isUsual(HttpServerRequest request) {
        var path = request.path();
        if (path == null || !path.startsWith(PRESENCE) || path.equals(HttpLayer.STREAM)) {
            return false;
        }
        var headers = request.headers();
        if (headers.contains(HttpHeaders.TRANSFER_ENCODING) || headers.contains(HttpHeaders.EXPECT)) {
            return false;
        }
        // Who asks for something else may be refused, and is told who they are first.
        var accept = headers.get(HttpHeaders.ACCEPT);
        if (accept != null && !accept.equals(ANYTHING) && !accept.equals(MediaType.APPLICATION_JSON)) {
            return false;
        }
        var length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return request.method().equals(HttpMethod.POST)
                ? length != null && StrictJsonReader.isReadable(length)
                : request.method().equals(HttpMethod.GET) && length == null;
    }

    private RestInitialHandler resources() {
        var known = resources;
        if (known == null) {
            known = new RestInitialHandler(ResteasyReactiveRecorder.getCurrentDeployment());
            resources = known;
        }
        return known;
    }
}
