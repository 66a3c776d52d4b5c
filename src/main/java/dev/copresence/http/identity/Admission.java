package dev.copresence.http.identity;

import static java.util.Objects.requireNonNull;

import dev.copresence.User;
import dev.copresence.access.Caller;
import dev.copresence.http.door.Origins;
import dev.copresence.http.door.RequestRate;
import dev.copresence.http.identity.IdentityRefusals.Cause;
import dev.copresence.http.refusals.JsonType;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import dev.copresence.http.refusals.StrictJsonReader;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * The admission of requests to the API, and who calls by one that was admitted. A request must be so before its body is read: of
 * a size, of JSON, from an allowed page, and not one too many.
 */
@Provider
public class Admission implements ResteasyReactiveContainerRequestFilter {

    /** The address of the keys by which receipts are verified. */
    public static final String KEYS = "/api/presence/keys";

    private static final String ADMITTED = Admission.class.getName();

    /** The addresses that are answered without an identity, or ask for it themselves. */
    private static final Set<String> OPEN =
            Set.of(LoginResource.PATH, LogoutResource.PATH, LogoutResource.BACK_CHANNEL, KEYS);

    private final VerifiedCredentials credentials;
    private final RequestRate rate;
    private final Origins origins;
    private final IdentityRefusals refusals;
    private final GrantHeader grants;

    Admission(
            VerifiedCredentials credentials,
            RequestRate rate,
            Origins origins,
            IdentityRefusals refusals,
            GrantHeader grants) {
        this.credentials = credentials;
        this.rate = rate;
        this.origins = origins;
        this.refusals = refusals;
        this.grants = grants;
    }

    /**
     * A request that was admitted.
     *
     * @param caller who calls, with what the request grants them
     * @param early the time that the user of a heartbeat should have waited; null if it is in time
     */
    private record Admitted(
            CallerIdentity identity,
            Caller caller,
            @Nullable Duration early) {}

    /**
     * The time that the heartbeat's user should have waited; null if it is in time. The filter lets such a heartbeat pass, for
     * the resource to look at its tab.
     */
    public static @Nullable Duration wait(RoutingContext context) {
        return admitted(context).early();
    }

    /** The caller of a request that was admitted. */
    public static Caller caller(RoutingContext context) {
        return admitted(context).caller();
    }

    /** The user who calls. */
    public static User user(RoutingContext context) {
        return caller(context).user();
    }

    /** The moment until which that user's credential is good. */
    public static Instant until(RoutingContext context) {
        return admitted(context).identity().until();
    }

    /** The login that the credential belongs to. */
    public static LoginSession session(RoutingContext context) {
        return admitted(context).identity().session();
    }

    /**
     * Refuses a user who lacks a role, and names it.
     *
     * @throws RefusedException unless the provider has given that user the role
     */
    public static void requireRole(RoutingContext context, String role) {
        if (!admitted(context).identity().hasRole(role)) {
            throw new RefusedException(Refusal.FORBIDDEN, "This needs the role " + role + ".");
        }
    }

    private static Admitted admitted(RoutingContext context) {
        return requireNonNull(context.get(ADMITTED));
    }

    /**
     * Admits a caller whose credential is remembered on the spot. That is nearly every call, and Quarkus' own way to an identity
     * is long; everybody else is sent there.
     */
    @Override
    public void filter(ResteasyReactiveContainerRequestContext context) {
        var request = (ResteasyReactiveRequestContext) context.getServerRequestContext();
        var routing = request.unwrap(RoutingContext.class);
        // All but these resources, not all below some address: one resource has many, such as /api;x/presence.
        if (OPEN.contains(routing.normalizedPath())) {
            return;
        }
        var remembered = credentials.remembered(routing);
        if (remembered != null) {
            var early = check(routing, remembered.caller());
            var known = grants.known(routing, remembered.caller());
            if (known != null) {
                routing.put(ADMITTED, new Admitted(remembered, known, early));
                return;
            }
            admitGranted(context, routing, Uni.createFrom().item(new Admitted(remembered, remembered.caller(), early)));
            return;
        }
        admitGranted(
                context,
                routing,
                QuarkusHttpUser.getSecurityIdentity(routing, null).map(identity -> {
                    var verified = verified(identity);
                    return new Admitted(verified, verified.caller(), check(routing, verified.caller()));
                }));
    }

    /** Admits a caller for whom something has to be waited, and last for what is granted to them. */
    private void admitGranted(
            ResteasyReactiveContainerRequestContext context, RoutingContext routing, Uni<Admitted> admission) {
        context.suspend();
        admission
                .chain(admitted -> grants.verified(routing, admitted.caller())
                        .invoke(caller ->
                                routing.put(ADMITTED, new Admitted(admitted.identity(), caller, admitted.early()))))
                .subscribe()
                .with(caller -> context.resume(), context::resume);
    }

    private CallerIdentity verified(@Nullable SecurityIdentity identity) {
        if (identity instanceof CallerIdentity caller) {
            return caller;
        }
        refusals.note(Cause.NO_CREDENTIAL, "A call to the API", null);
        throw new UnauthorizedException();
    }

    /**
     * Refuses what must not be called so, or so often.
     *
     * @return the time that a heartbeat should have waited; null if it is in time
     */
    private @Nullable Duration check(RoutingContext routing, Caller caller) {
        var method = routing.request().method().name();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            checkChange(routing);
        }
        var early = rate.take(caller.user().id());
        if (early.isZero()) {
            return null;
        }
        if (!routing.normalizedPath().endsWith("/heartbeat")) {
            throw RefusedException.tooManyRequests(early);
        }
        return early;
    }

    private void checkChange(RoutingContext routing) {
        var request = routing.request();
        if (request.getHeader(HttpHeaders.AUTHORIZATION) == null && !origins.allow(request)) {
            var why = origins.whyNot(routing);
            refusals.note(Cause.FOREIGN_ORIGIN, "A change with a session cookie", why);
            throw why;
        }
        if (!JsonType.isOf(request.headers().getAll(HttpHeaders.CONTENT_TYPE))) {
            throw new RefusedException(
                    Refusal.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json, in UTF-8 if it says in what.");
        }
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && !StrictJsonReader.isReadable(length)) {
            throw RefusedException.bodyTooLarge();
        }
    }
}
