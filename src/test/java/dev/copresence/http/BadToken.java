package dev.copresence.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.BiFunction;
import javax.crypto.spec.SecretKeySpec;

/** The kinds of token that nobody may be taken for, each made from a good one that it resembles as far as it can. */
enum BadToken {
    // Not signed
    UNSIGNED((good, provider) -> good.withHeader("alg", "none").unsigned()),
    UNSIGNED_IN_CAPITALS((good, provider) -> good.withHeader("alg", "NONE").unsigned()),
    UNSIGNED_WITH_THE_GOOD_SIGNATURE(
            (good, provider) -> good.withHeader("alg", "none").unsigned() + signature(good.compact())),
    UNSIGNED_WITHOUT_ALGORITHM((good, provider) -> good.withoutHeader("alg").unsigned()),
    SIGNATURE_LEFT_OUT((good, provider) -> good.compact().replaceFirst("[^.]+$", "")),

    // Signed with what everybody knows: the public key as a shared secret
    PUBLIC_KEY_AS_SECRET((good, provider) -> good.withHeader("alg", "HS256")
            .withKey(secret(provider.rsa().getPublic().getEncoded()))
            .compact()),
    PUBLIC_KEY_PEM_AS_SECRET((good, provider) -> good.withHeader("alg", "HS256")
            .withKey(secret(pem(provider.rsa().getPublic()).getBytes(StandardCharsets.UTF_8)))
            .compact()),
    PUBLIC_KEY_AS_LONG_SECRET((good, provider) -> good.withHeader("alg", "HS512")
            .withKey(secret(provider.rsa().getPublic().getEncoded()))
            .compact()),

    // Signed by somebody else
    FOREIGN_KEY_WITH_OUR_ID(
            (good, provider) -> good.withKey(Foreign.KEY.getPrivate()).compact()),
    FOREIGN_KEY_WITH_ANOTHER_ID((good, provider) ->
            good.withHeader("kid", "rsa-2").withKey(Foreign.KEY.getPrivate()).compact()),
    FOREIGN_KEY_WITHOUT_ID((good, provider) ->
            good.withoutHeader("kid").withKey(Foreign.KEY.getPrivate()).compact()),
    FOREIGN_KEY_BROUGHT_ALONG((good, provider) -> good.withHeader("jwk", TokenProvider.publicKey("rsa-1", Foreign.KEY))
            .withKey(Foreign.KEY.getPrivate())
            .compact()),
    FOREIGN_KEY_AT_AN_ADDRESS((good, provider) -> good.withHeader("jku", provider.issuer() + "/foreign-keys")
            .withKey(Foreign.KEY.getPrivate())
            .compact()),

    // For somebody else
    WRONG_ISSUER((good, provider) -> good.with("iss", "https://issuer.example").compact()),
    ISSUER_WITH_A_SLASH(
            (good, provider) -> good.with("iss", provider.issuer() + "/").compact()),
    NO_ISSUER((good, provider) -> good.without("iss").compact()),
    WRONG_AUDIENCE((good, provider) -> good.with("aud", "another-service").compact()),
    WRONG_AUDIENCES((good, provider) -> good.with("aud", new JsonArray(List.of("another-service", "account")))
            .compact()),
    NO_AUDIENCE((good, provider) -> good.without("aud").compact()),
    EMPTY_AUDIENCES((good, provider) -> good.with("aud", new JsonArray()).compact()),

    // For another time
    EXPIRED((good, provider) ->
            good.with("iat", now() - 60).with("exp", now() - 12).compact()),
    EXPIRED_LONG_AGO((good, provider) -> good.with("iat", 0).with("exp", 1).compact()),
    NO_EXPIRY((good, provider) -> good.without("exp").compact()),
    EXPIRY_AS_TEXT((good, provider) -> good.with("exp", "tomorrow").compact()),
    NOT_YET_VALID((good, provider) -> good.with("nbf", now() + 600).compact()),

    // For something else
    KEYCLOAKS_ID_TOKEN((good, provider) -> good.with("typ", "ID").compact()),
    KEYCLOAKS_REFRESH_TOKEN((good, provider) -> good.with("typ", "Refresh").compact()),
    ID_TOKEN_OF_A_LOGIN((good, provider) -> good.with("nonce", "n").compact()),
    ID_TOKEN_WITH_HASH((good, provider) -> good.with("at_hash", "h").compact()),
    ID_TOKEN_WITH_HASH_OF_THE_CODE((good, provider) -> good.with("c_hash", "h").compact()),
    LOGOUT_TOKEN((good, provider) -> good.withHeader("typ", "logout+jwt").compact()),
    SECURITY_EVENT((good, provider) -> good.with("events", new JsonObject()).compact()),

    // For nobody
    NO_SUBJECT((good, provider) -> good.without("sub").compact()),
    NULL_SUBJECT((good, provider) -> good.with("sub", null).compact()),
    EMPTY_SUBJECT((good, provider) -> good.with("sub", "").compact()),
    BLANK_SUBJECT((good, provider) -> good.with("sub", " \t\u2003").compact()),
    NUMBER_AS_SUBJECT((good, provider) -> good.with("sub", 4711).compact()),
    BOOLEAN_AS_SUBJECT((good, provider) -> good.with("sub", true).compact()),
    LIST_AS_SUBJECT((good, provider) ->
            good.with("sub", new JsonArray(List.of("alice"))).compact()),
    OBJECT_AS_SUBJECT((good, provider) ->
            good.with("sub", new JsonObject().put("id", "alice")).compact()),
    HUGE_SUBJECT((good, provider) -> good.with("sub", "a".repeat(513)).compact()),

    // Changed on the way
    OTHER_PAYLOAD((good, provider) -> {
        var parts = good.compact().split("\\.");
        return parts[0] + "." + good.with("sub", "mallory").compact().split("\\.")[1] + "." + parts[2];
    }),
    OTHER_HEADER((good, provider) -> {
        var parts = good.compact().split("\\.");
        return good.withHeader("typ", "at+jwt").compact().split("\\.")[0] + "." + parts[1] + "." + parts[2];
    }),
    SIGNATURE_WITH_ANOTHER_FIRST_CHARACTER((good, provider) -> {
        var token = good.compact();
        var start = token.lastIndexOf('.') + 1;
        return token.substring(0, start) + (token.charAt(start) == 'A' ? 'B' : 'A') + token.substring(start + 1);
    }),
    SIGNATURE_OF_ANOTHER_TOKEN((good, provider) -> good.compact()
            .replaceFirst("[^.]+$", signature(good.with("jti", "another").compact()))),
    TRUNCATED((good, provider) -> good.compact().substring(0, good.compact().length() - 10)),
    TRUNCATED_IN_THE_PAYLOAD(
            (good, provider) -> good.compact().substring(0, good.compact().indexOf('.') + 20)),
    DOUBLED_SIGNATURE((good, provider) -> good.compact() + "." + signature(good.compact())),

    // Not a JSON web token
    OPAQUE((good, provider) -> "5b0c6a3e-7d8f-4f6e-9a54-0d3c1b2a4e5f"),
    THREE_PARTS_OF_NOTHING((good, provider) -> ".."),
    THREE_PARTS_OF_TEXT((good, provider) -> "this.is.text"),
    EMPTY((good, provider) -> "");

    private final BiFunction<TestToken, TokenProvider, String> forgery;

    BadToken(BiFunction<TestToken, TokenProvider, String> forgery) {
        this.forgery = forgery;
    }

    /** The bad token that takes after {@code good}. */
    String like(TestToken good, TokenProvider provider) {
        return forgery.apply(good, provider);
    }

    /** A key that the provider knows nothing of; in a class of its own, for constants cannot use their enum's fields. */
    private static final class Foreign {
        static final KeyPair KEY = TokenProvider.keyPair("RSA", 2048);
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }

    private static SecretKeySpec secret(byte[] bytes) {
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    private static String pem(PublicKey key) {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + lines + "\n-----END PUBLIC KEY-----\n";
    }
}
