package dev.copresence.http.identity;

import dev.copresence.InvalidValueException;
import dev.copresence.PresenceConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.access.Caller;
import io.quarkus.security.AuthenticationFailedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/** The user whom a verified token vouches for. */
@ApplicationScoped
class OidcUser {

    /** The attribute in which an identity has its {@link Caller}. */
    static final String CALLER = "copresence.caller";

    /** The attribute in which an identity has the {@link Instant} when its credential expires. */
    static final String UNTIL = "copresence.until";

    /** The claims that say how the user is called, best first. */
    private static final List<String> NAMES = List.of("name", "preferred_username", "nickname");

    /** The attribute in which an identity has the {@link LoginSession} that its credential belongs to. */
    static final String SESSION = "copresence.session";

    private final String userClaim;

    OidcUser(PresenceConfig config) {
        userClaim = config.identity().userClaim();
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

    /** The caller that a verified token and the roles of its identity describe. */
    Caller caller(JsonWebToken token, Set<String> roles) {
        return new Caller(of(token), roles, Set.copyOf(Objects.requireNonNullElse(token.getGroups(), Set.of())));
    }

    private static @Nullable String text(JsonWebToken token, String claim) {
        return token.getClaim(claim) instanceof String text && !text.isBlank() ? text : null;
    }
}
