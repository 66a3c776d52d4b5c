package dev.copresence.http.identity;

import dev.copresence.access.Caller;
import dev.copresence.access.Grant;
import dev.copresence.access.UndecidedException;
import dev.copresence.access.application.BadGrantException;
import dev.copresence.access.application.Grants;
import dev.copresence.http.door.EventLoop;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The grant that a request brings in its header. A bad one refuses the request: nobody silently gets less than they expect. */
@ApplicationScoped
class GrantHeader {

    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final Grants grants;

    GrantHeader(Grants grants) {
        this.grants = grants;
    }

    /** The caller with what the request grants them; null if that has to be verified first. */
    @Nullable
    Caller known(RoutingContext routing, Caller caller) {
        var header = header(routing);
        if (header == null) {
            return caller;
        }
        var grant = grants.known(header, caller.user());
        return grant == null ? null : with(caller, grant);
    }

    /** The same, verified if need be; fails with a {@link RefusedException} if the grant is a bad one, or nobody can tell. */
    Uni<Caller> verified(RoutingContext routing, Caller caller) {
        var known = known(routing, caller);
        var header = header(routing);
        if (known != null || header == null) {
            return Uni.createFrom().item(known == null ? caller : known);
        }
        return grants.of(header, caller.user())
                // The keys may have come on another event loop.
                .emitOn(EventLoop.current())
                .map(grant -> with(caller, grant))
                .onFailure(BadGrantException.class)
                .transform(bad -> new RefusedException(
                        Refusal.INVALID_GRANT, "The grant is not taken: " + bad.getMessage() + "."))
                .onFailure(UndecidedException.class)
                .transform(undecided ->
                        new RefusedException(Refusal.UNAVAILABLE, "The keys of grants cannot be had now.", ASK_AGAIN));
    }

    private @Nullable String header(RoutingContext routing) {
        return grants.isHeaderRead() ? routing.request().getHeader(Grants.HEADER) : null;
    }

    private static Caller with(Caller caller, Grant grant) {
        return new Caller(caller.user(), caller.roles(), caller.groups(), grant);
    }
}
