package dev.copresence.http;

import dev.copresence.User;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.Locale;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * What a request to the API must be before its body is read: of a size, of JSON, from an allowed page, and not one too
 * many.
 */
@ApplicationScoped
class Admission {

    private static final String WAIT = Admission.class.getName() + ".wait";

    private final SecurityIdentity identity;
    private final RequestRate rate;
    private final Origins origins;

    Admission(SecurityIdentity identity, RequestRate rate, Origins origins) {
        this.identity = identity;
        this.rate = rate;
        this.origins = origins;
    }

    static RefusedException bodyTooLarge() {
        var detail = "The body must not be larger than " + StrictJsonReader.MAX_BODY_BYTES + " bytes.";
        return new RefusedException(Refusal.BODY_TOO_LARGE, detail);
    }

    static RefusedException tooManyRequests(Duration wait) {
        return new RefusedException(Refusal.TOO_MANY_REQUESTS, "This user asks too often.", wait);
    }

    /**
     * How long the heartbeat's user should have waited; null if it is in time. The filter lets such a heartbeat pass, for
     * the resource to look at its tab.
     */
    static @Nullable Duration wait(ContainerRequestContext context) {
        return (Duration) context.getProperty(WAIT);
    }

    @ServerRequestFilter
    void admit(ContainerRequestContext context, HttpServerRequest request) {
        if (!context.getUriInfo().getPath().startsWith(HttpLayer.API)) {
            return;
        }
        User user = identity.getAttribute(OidcUser.ATTRIBUTE);
        if (user == null) {
            throw new UnauthorizedException();
        }
        if (!request.method().name().equals(HttpMethod.GET)
                && !request.method().name().equals(HttpMethod.HEAD)) {
            checkChange(request);
        }
        var wait = rate.take(user.id());
        if (wait.isZero()) {
            return;
        }
        if (!context.getUriInfo().getPath().endsWith("/heartbeat")) {
            throw tooManyRequests(wait);
        }
        context.setProperty(WAIT, wait);
    }

    private void checkChange(HttpServerRequest request) {
        if (request.getHeader(HttpHeaders.AUTHORIZATION) == null && !origins.allow(request)) {
            throw new RefusedException(
                    Refusal.FOREIGN_ORIGIN, "A session cookie changes something only for pages of an allowed origin.");
        }
        var type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(MediaType.APPLICATION_JSON)) {
            throw new RefusedException(Refusal.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.");
        }
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && (length.length() > 9 || Integer.parseInt(length) > StrictJsonReader.MAX_BODY_BYTES)) {
            throw bodyTooLarge();
        }
    }
}
