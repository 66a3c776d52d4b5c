package dev.copresence.http.identity;

import dev.copresence.access.Caller;
import io.quarkus.security.credential.Credential;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.smallrye.mutiny.Uni;
import java.security.Permission;
import java.security.Principal;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a caller whose credential was verified: no more than what is asked of it later, since there is one for each
 * credential that is remembered.
 *
 * @param expiry the second since 1970 at which the credential expires
 * @param session the login that the credential belongs to
 */
record CallerIdentity(Caller caller, long expiry, LoginSession session) implements SecurityIdentity {

    /** The moment at which the credential expires. */
    Instant until() {
        return Instant.ofEpochSecond(expiry);
    }

    @Override
    public Principal getPrincipal() {
        return new QuarkusPrincipal(caller.user().id().value());
    }

    @Override
    public boolean isAnonymous() {
        return false;
    }

    @Override
    public Set<String> getRoles() {
        return caller.roles();
    }

    @Override
    public boolean hasRole(String role) {
        return caller.roles().contains(role);
    }

    @Override
    public <T extends Credential> @Nullable T getCredential(Class<T> type) {
        return null;
    }

    @Override
    public Set<Permission> getPermissions() {
        return Set.of();
    }

    @Override
    public Set<Credential> getCredentials() {
        return Set.of();
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // The server's own signature.
    public <T> @Nullable T getAttribute(String name) {
        return null;
    }

    @Override
    public Map<String, Object> getAttributes() {
        return Map.of();
    }

    /** Permits what roles have been asked for already, as the server's own identity does to which nobody has added a check. */
    @Override
    public Uni<Boolean> checkPermission(Permission permission) {
        return Uni.createFrom().item(true);
    }
}
