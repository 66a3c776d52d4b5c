package dev.copresence.http.identity;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * The marks that tell an access token from the other tokens of its provider, which are signed with the same keys and often made out to the
 * same audience: an ID token ends up in logs and histories, by {@code id_token_hint}, and is no leave to call anything.
 */
final class AccessTokens {

    /** The words by which Keycloak, in the claim {@code typ}, and RFC 9068, in the header of that name, call an access token. */
    private static final Set<String> ACCESS = Set.of("bearer", "dpop", "at+jwt", "application/at+jwt");

    /** Plain JSON web tokens, of which the name says nothing. */
    private static final Set<String> ANY = Set.of("", "jwt", "application/jwt");

    /** The claims that only ID tokens have (OpenID Connect Core 1.0, section 2 and 3.3.2.11), and {@code events} of security events. */
    private static final Set<String> FOREIGN = Set.of("nonce", "at_hash", "c_hash", "s_hash", "events");

    private AccessTokens() {}

    /** True unless a verified token is recognizably of another kind. */
    static boolean isOne(JsonWebToken token) {
        var header = type(header(token).getValue("typ"));
        var claim = type(token.getClaim("typ"));
        if (!ACCESS.contains(header) && !ANY.contains(header) || !ACCESS.contains(claim) && !ANY.contains(claim)) {
            return false;
        }
        return ACCESS.contains(header)
                || ACCESS.contains(claim)
                || FOREIGN.stream().noneMatch(token.getClaimNames()::contains);
    }

    private static String type(Object value) {
        return value instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
    }

    private static JsonObject header(JsonWebToken token) {
        var raw = token.getRawToken();
        try {
            var bytes = Base64.getUrlDecoder().decode(raw.substring(0, raw.indexOf('.')));
            return new JsonObject(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | DecodeException e) {
            return new JsonObject();
        }
    }
}
