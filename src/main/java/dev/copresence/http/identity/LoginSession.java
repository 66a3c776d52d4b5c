package dev.copresence.http.identity;

import dev.copresence.SessionBoard.Ending;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The login that a token belongs to, under names that tell nobody whose it is.
 *
 * @param session the provider's session, or the token alone where the provider names no sessions
 * @param user all sessions of the user
 * @param issuedAt the second since 1970 in which the token was issued; 0 if it does not say
 */
public record LoginSession(String session, String user, long issuedAt) {

    /** The bytes of a hash that make a name: as many as nobody finds a second one for, since one is kept for each credential. */
    private static final int NAME_BYTES = 16;

    /** The session of a token whose claims are these. */
    static LoginSession of(JsonObject claims, String token) {
        var sid = claims.getValue("sid") instanceof String text && !text.isEmpty() ? "sid " + text : "token " + token;
        var issued = claims.getValue("iat") instanceof Number seconds ? seconds.longValue() : 0;
        return new LoginSession(hash(sid), hash("sub " + claims.getValue("sub")), Math.max(0, issued));
    }

    /** The name of a provider's session. */
    static String ofProvider(String sid) {
        return hash("sid " + sid);
    }

    /** The name of all sessions of a user. */
    static String ofUser(String subject) {
        return hash("sub " + subject);
    }

    /** True if the session was ended by that, and the token was issued before. */
    public boolean isEndedBy(@Nullable Ending ending) {
        return ending != null
                && (ending.session().equals(session)
                        || ending.session().equals(user)
                                && issuedAt <= ending.at().getEpochSecond());
    }

    private static String hash(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, NAME_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
