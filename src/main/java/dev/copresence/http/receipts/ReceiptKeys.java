package dev.copresence.http.receipts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * The keys of a JWKS file (RFC 7517): the first private one signs, and the public parts of all are published. Each is a key of the
 * curve P-256 with a name of its own.
 *
 * @param signing the key that signs
 * @param kid its name
 * @param published the public parts as the JSON of a JWKS
 */
public record ReceiptKeys(PrivateKey signing, String kid, String published) {

    /** The algorithm of all signatures: ECDSA on the curve P-256, with SHA-256. */
    static final String ALGORITHM = "ES256";

    private static final String CURVE = "P-256";

    private static final int LONGEST_KID = 128;

    private static final int MOST_KEYS = 20;

    private static final long LARGEST_FILE = 64 * 1024;

    /** The public members of a key; whatever else stands in the file is not published. */
    private static final List<String> PUBLIC = List.of("kty", "crv", "x", "y");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The keys of a file, whose name is told when it is of no use. */
    public static ReceiptKeys read(String file) throws UnusableKeysException {
        String text;
        try {
            var path = Path.of(file);
            if (!Files.isRegularFile(path) || Files.size(path) > LARGEST_FILE) {
                throw new UnusableKeysException("a file of at most 64 KiB, which " + file + " is not");
            }
            text = Files.readString(path);
        } catch (IOException | InvalidPathException e) {
            throw new UnusableKeysException("a file in UTF-8 that can be read, which " + file + " is not", e);
        }
        return parse(text);
    }

    static ReceiptKeys parse(String text) throws UnusableKeysException {
        var published = new ArrayList<Map<String, Object>>();
        var names = new HashSet<String>();
        PrivateKey signing = null;
        String kid = null;
        for (var entry : keys(text)) {
            var key = key(entry, published.size());
            var name = key.getKeyId();
            if (!names.add(name)) {
                throw new UnusableKeysException("a set of keys with a kid each, and two have the same");
            }
            published.add(publicPart(key));
            if (key.getPrivateKey() != null && signing == null) {
                signing = key.getPrivateKey();
                kid = name;
            }
        }
        if (signing == null || kid == null) {
            throw new UnusableKeysException("a set with a private key, and there is none");
        }
        return new ReceiptKeys(signing, kid, json(Map.of("keys", published)));
    }

    private static Iterable<JsonNode> keys(String text) throws UnusableKeysException {
        JsonNode keys;
        try {
            keys = JSON.readTree(text).path("keys");
        } catch (JsonProcessingException e) {
            // Not as the cause: its message quotes the file, in which there are private keys.
            throw new UnusableKeysException("a file of JSON, which it is not");
        }
        if (!keys.isArray() || keys.isEmpty() || keys.size() > MOST_KEYS) {
            throw new UnusableKeysException("a JWKS, with 1 to " + MOST_KEYS + " keys in the member keys");
        }
        return keys;
    }

    private static EllipticCurveJsonWebKey key(JsonNode entry, int index) throws UnusableKeysException {
        var which = "the key at " + index;
        if (!entry.path("kty").asText().equals("EC")
                || !entry.path("crv").asText().equals(CURVE)) {
            throw new UnusableKeysException(
                    "a set of keys of kty EC and crv " + CURVE + ", and " + which + " is another");
        }
        var kid = entry.path("kid");
        if (!kid.isTextual() || kid.asText().isBlank() || kid.asText().length() > LONGEST_KID) {
            throw new UnusableKeysException("a set of keys with a kid each, and " + which + " has none");
        }
        if (!is(entry, "use", "sig") || !is(entry, "alg", ALGORITHM)) {
            throw new UnusableKeysException(
                    "a set of keys for " + ALGORITHM + ", and " + which + " is for something else");
        }
        try {
            var key = (EllipticCurveJsonWebKey) JsonWebKey.Factory.newJwk(entry.toString());
            if (isSound(key)) {
                return key;
            }
        } catch (JoseException | GeneralSecurityException | RuntimeException e) {
            // Not as the cause: a message might quote the key.
        }
        throw new UnusableKeysException("a set of keys on the curve " + CURVE + ", and " + which + " is damaged");
    }

    private static boolean is(JsonNode entry, String member, String value) {
        return entry.path(member).isMissingNode() || entry.path(member).asText().equals(value);
    }

    /** Tells whether the point is one of the curve, and the private part, if there is one, belongs to it. */
    private static boolean isSound(EllipticCurveJsonWebKey key) throws GeneralSecurityException {
        var open = (ECPublicKey) key.getPublicKey();
        var curve = open.getParams().getCurve();
        var prime = ((ECFieldFp) curve.getField()).getP();
        var x = open.getW().getAffineX();
        var y = open.getW().getAffineY();
        var isOnCurve = isBelow(x, prime)
                && isBelow(y, prime)
                && y.pow(2)
                                .subtract(x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()))
                                .mod(prime)
                                .signum()
                        == 0;
        return isOnCurve && (key.getPrivateKey() == null || belongs((ECPrivateKey) key.getPrivateKey(), open));
    }

    private static boolean belongs(ECPrivateKey secret, ECPublicKey open) throws GeneralSecurityException {
        if (secret.getS().signum() <= 0
                || !isBelow(secret.getS(), open.getParams().getOrder())) {
            return false;
        }
        var probe = new byte[] {1, 2, 3};
        var signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(secret);
        signature.update(probe);
        var signed = signature.sign();
        signature.initVerify(open);
        signature.update(probe);
        return signature.verify(signed);
    }

    private static boolean isBelow(BigInteger number, BigInteger limit) {
        return number.signum() >= 0 && number.compareTo(limit) < 0;
    }

    private static Map<String, Object> publicPart(EllipticCurveJsonWebKey key) {
        var all = key.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        var part = new LinkedHashMap<String, Object>();
        PUBLIC.forEach(member -> part.put(member, all.get(member)));
        part.put("kid", key.getKeyId());
        part.put("use", "sig");
        part.put("alg", ALGORITHM);
        return part;
    }

    private static String json(Map<String, ?> value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain maps can be written", e);
        }
    }

    /** Tells the name of the key and no more. */
    @Override
    public String toString() {
        return "ReceiptKeys[" + kid + "]";
    }
}
