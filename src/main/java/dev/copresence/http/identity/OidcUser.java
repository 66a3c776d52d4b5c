package dev.copresence.http.identity;

import dev.copresence.InvalidValueException;
import dev.copresence.PresenceConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.access.AccessConfig;
import dev.copresence.access.Caller;
import dev.copresence.access.Grant;
import dev.copresence.access.application.BadGrantException;
import dev.copresence.access.application.Grants;
import io.quarkus.security.AuthenticationFailedException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/** The user whom a verified token vouches for. */
@ApplicationScoped
class OidcUser {

    /** The claims that say how the user is called, best first. */
    private static final List<String> NAMES = List.of("name", "preferred_username", "nickname");

    private final String userClaim;
    private final String groupsClaim;
    private final Grants grants;

    OidcUser(PresenceConfig config, AccessConfig access, Grants grants) {
        userClaim = config.identity().userClaim();
        groupsClaim = access.groupsClaim();
        this.grants = grants;
    }

    /**
     * The user of a verified token.
     *
     * @throws AuthenticationFailedException if the token does not say who the user is
     */
    User of(JsonWebToken token) {
        var id = text(token, userClaim);
        if (id == null) {
            throw new AuthenticationFailedException("The token has no claim " + userClaim);
        }
        try {
            var names = NAMES.stream()
                    .map(claim -> Objects.requireNonNullElse(text(token, claim), ""))
                    .toList();
            var issued = token.getClaim("iat") instanceof Number seconds ? seconds.longValue() : 0;
            return User.stated(new UserId(id), names, text(token, "picture"), Instant.ofEpochSecond(issued));
        } catch (InvalidValueException e) {
            throw new AuthenticationFailedException("The token's claim " + userClaim + " " + e.getMessage());
        }
    }

    /**
     * The caller whom a verified token and the roles of its identity describe.
     *
     * @param claims all that the token says
     * @param expiry when the token ends, and what it grants with it
     * @throws AuthenticationFailedException if the token does not say who the user is, or grants what cannot be understood
     */
    Caller caller(JsonWebToken token, Set<String> roles, JsonObject claims, Instant expiry) {
        return new Caller(of(token), Set.copyOf(roles), texts(claims.getValue(groupsClaim)), grant(claims, expiry));
    }

    private static Set<String> texts(@Nullable Object claim) {
        if (claim instanceof String text) {
            return Set.of(text);
        }
        return claim instanceof JsonArray items
                ? items.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }

    private @Nullable Grant grant(JsonObject claims, Instant expiry) {
        if (!grants.areTaken() || !claims.containsKey(Grants.CLAIM)) {
            return null;
        }
        try {
            return grants.ofClaim(claims.getValue(Grants.CLAIM), expiry);
        } catch (BadGrantException e) {
            throw new AuthenticationFailedException("The token grants what cannot be understood: " + e.getMessage());
        }
    }

    private static @Nullable String text(JsonWebToken token, String claim) {
        return token.getClaim(claim) instanceof String text && !text.isBlank() ? text : null;
    }
}
