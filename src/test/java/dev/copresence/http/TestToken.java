package dev.copresence.http;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.util.Base64;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** A JSON web token in the making, which nothing keeps from being a bad one. Each change gives another token. */
public final class TestToken {

    private final JsonObject header;
    private final JsonObject claims;
    private final Key key;

    private TestToken(JsonObject header, JsonObject claims, Key key) {
        this.header = header;
        this.claims = claims;
        this.key = key;
    }

    static TestToken signedBy(Key key) {
        return new TestToken(new JsonObject(), new JsonObject(), key);
    }

    public TestToken with(String claim, Object value) {
        return new TestToken(header, claims.copy().put(claim, value), key);
    }

    TestToken without(String claim) {
        var others = claims.copy();
        others.remove(claim);
        return new TestToken(header, others, key);
    }

    TestToken withHeader(String name, Object value) {
        return new TestToken(header.copy().put(name, value), claims, key);
    }

    TestToken withoutHeader(String name) {
        var others = header.copy();
        others.remove(name);
        return new TestToken(others, claims, key);
    }

    TestToken withKey(Key other) {
        return new TestToken(header, claims, other);
    }

    /** The value of a claim that is a time, in seconds since 1970. */
    long seconds(String claim) {
        return claims.getLong(claim);
    }

    /** The token as it is sent, signed as its header says. */
    public String compact() {
        var signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setDoKeyValidation(false);
        header.forEach(entry -> signature.getHeaders().setObjectHeaderValue(entry.getKey(), value(entry.getValue())));
        signature.setPayload(claims.encode());
        signature.setKey(key);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new AssertionError(e);
        }
    }

    /** The token's first two parts, in whatever form the JSON has, and no signature. */
    String unsigned() {
        return part(header) + "." + part(claims) + ".";
    }

    private static String part(JsonObject json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.encode().getBytes(StandardCharsets.UTF_8));
    }

    private static Object value(Object json) {
        return json instanceof JsonObject object ? object.getMap() : json;
    }
}
