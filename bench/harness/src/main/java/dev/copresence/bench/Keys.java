package dev.copresence.bench;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** A key for receipts, as the service wants it: a JWKS with one key on the curve P-256. */
final class Keys {

    private static final int BYTES = 32;

    private Keys() {}

    static Path file(Path file) throws IOException {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            var point = ((ECPublicKey) pair.getPublic()).getW();
            Files.createDirectories(file.getParent());
            return Files.writeString(file, """
                    {"keys":[{"kty":"EC","crv":"P-256","kid":"bench","x":"%s","y":"%s","d":"%s"}]}""".formatted(
                            number(point.getAffineX()),
                            number(point.getAffineY()),
                            number(((ECPrivateKey) pair.getPrivate()).getS())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String number(BigInteger number) {
        var bytes = number.toByteArray();
        var padded = new byte[BYTES];
        var from = Math.max(0, bytes.length - BYTES);
        System.arraycopy(bytes, from, padded, BYTES - (bytes.length - from), bytes.length - from);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(padded, BYTES));
    }
}
