package dev.copresence.http.identity;

import io.quarkus.oidc.AuthorizationCodeTokens;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The envelope in which instances tell one another how a session was renewed. Its name and its key come from the old cookie,
 * which only its browser and the instances that it asks know; whoever sees the envelope alone can neither open nor forge it.
 */
final class SealedOutcome {

    /**
     * A renewed session.
     *
     * @param lines the {@code Set-Cookie} lines for its browser
     */
    record Outcome(List<String> lines, AuthorizationCodeTokens tokens) {

        Outcome {
            lines = List.copyOf(lines);
        }
    }

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final String name;
    private final SecretKeySpec key;

    SealedOutcome(String oldCookie) {
        name = Base64.getUrlEncoder().withoutPadding().encodeToString(hash("copresence renewal name ", oldCookie));
        key = new SecretKeySpec(hash("copresence renewal key ", oldCookie), "AES");
    }

    String name() {
        return name;
    }

    String close(Outcome outcome) {
        var tokens = outcome.tokens();
        var json = new JsonObject()
                .put("lines", new JsonArray(outcome.lines()))
                .put("id", tokens.getIdToken())
                .put("access", tokens.getAccessToken())
                .put("refresh", tokens.getRefreshToken())
                .put("expires", tokens.getAccessTokenExpiresIn())
                .put("scope", tokens.getAccessTokenScope());
        var nonce = new byte[NONCE_BYTES];
        // None that lasts: made when an executable is built, its numbers would be known.
        new SecureRandom().nextBytes(nonce);
        try {
            var secret =
                    cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(json.encode().getBytes(StandardCharsets.UTF_8));
            var envelope = ByteBuffer.allocate(nonce.length + secret.length)
                    .put(nonce)
                    .put(secret)
                    .array();
            return Base64.getEncoder().encodeToString(envelope);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has AES", e);
        }
    }

    /** The outcome in the envelope; null if it is none of ours. */
    @Nullable
    Outcome open(String envelope) {
        try {
            var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(envelope));
            if (bytes.remaining() < NONCE_BYTES + TAG_BITS / 8) {
                return null;
            }
            var nonce = new byte[NONCE_BYTES];
            bytes.get(nonce);
            var secret = new byte[bytes.remaining()];
            bytes.get(secret);
            var text = cipher(Cipher.DECRYPT_MODE, nonce).doFinal(secret);
            var json = new JsonObject(new String(text, StandardCharsets.UTF_8));
            var lines = json.getJsonArray("lines").stream().map(String::valueOf).toList();
            return new Outcome(
                    lines,
                    new AuthorizationCodeTokens(
                            json.getString("id"),
                            json.getString("access"),
                            json.getString("refresh"),
                            json.getLong("expires"),
                            json.getString("scope")));
        } catch (GeneralSecurityException | DecodeException | IllegalArgumentException e) {
            return null;
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(name.getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }

    private static byte[] hash(String purpose, String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest((purpose + text).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
