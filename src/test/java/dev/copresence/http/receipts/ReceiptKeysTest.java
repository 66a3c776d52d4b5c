package dev.copresence.http.receipts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which files of keys are taken, which are not, and what of them is published. */
class ReceiptKeysTest { // W6

    private static final ECKey OLD = TestKeys.key("2026-10");
    private static final ECKey NEW = TestKeys.key("2026-11");

    @Test
    void theFirstPrivateKeySignsAndThePublicPartsOfAllArePublished() throws Exception {
        var keys = ReceiptKeys.parse(TestKeys.file(OLD.toPublicJWK(), NEW, TestKeys.key("2026-12")));

        assertEquals("2026-11", keys.kid());
        var published = JWKSet.parse(keys.published());
        assertEquals(
                List.of("2026-10", "2026-11", "2026-12"),
                published.getKeys().stream().map(key -> key.getKeyID()).toList());
        assertEquals(NEW.toPublicJWK().getX(), ((ECKey) published.getKeyByKeyId("2026-11")).getX());
    }

    @Test
    void nothingPrivateIsPublishedWhateverTheFileHolds() throws Exception {
        var keys = ReceiptKeys.parse(TestKeys.fileWith(NEW, Map.of("note", "do not tell", "oth", List.of("secret"))));

        assertEquals(
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + NEW.getX() + "\",\"y\":\"" + NEW.getY()
                        + "\",\"kid\":\"2026-11\",\"use\":\"sig\",\"alg\":\"ES256\"}]}",
                keys.published());
        assertFalse(keys.toString().contains(NEW.getD().toString()));
    }

    /** Files that are of no use, and how the refusal goes on behind "must be". */
    public static Stream<Arguments> badFiles() throws Exception {
        var other = TestKeys.key("2026-11");
        var wrongCurve = new ECKeyGenerator(Curve.P_384).keyID("p").generate();
        var rsa = new RSAKeyGenerator(2048).keyID("r").generate();
        OctetSequenceKey secret = new OctetSequenceKeyGenerator(256).keyID("o").generate();
        var damaged = "is damaged";
        return Stream.of(
                Arguments.of("", "a JWKS"),
                Arguments.of("-----BEGIN EC PRIVATE KEY-----", "a file of JSON"),
                Arguments.of("{\"keys\":[", "a file of JSON"),
                Arguments.of("{} {}", "a file of JSON"),
                Arguments.of("[]", "a JWKS"),
                Arguments.of("null", "a JWKS"),
                Arguments.of("{}", "a JWKS"),
                Arguments.of("{\"keys\":{}}", "a JWKS"),
                Arguments.of("{\"keys\":[]}", "a JWKS"),
                Arguments.of("{\"keys\":[7]}", "kty EC"),
                Arguments.of("{\"keys\":[{}]}", "kty EC"),
                Arguments.of(NEW.toJSONString(), "a JWKS"),
                Arguments.of(TestKeys.file(NEW.toPublicJWK()), "a private key"),
                Arguments.of(TestKeys.file(NEW, other), "two have the same"),
                Arguments.of(TestKeys.file(NEW, NEW.toPublicJWK()), "two have the same"),
                Arguments.of(TestKeys.file(wrongCurve), "crv P-256"),
                Arguments.of(TestKeys.file(NEW, wrongCurve), "crv P-256"),
                Arguments.of(TestKeys.file(rsa), "kty EC"),
                Arguments.of(TestKeys.file(NEW, secret), "kty EC"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("kid", "")), "kid"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("kid", " ")), "kid"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("kid", 7)), "kid"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("kid", "k".repeat(129))), "kid"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("use", "enc")), "something else"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("alg", "ES384")), "something else"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("alg", "none")), "something else"),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("x", "")), damaged),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("y", other.getY().toString())), damaged),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("x", "AA", "y", "AA")), damaged),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("x", "!")), damaged),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("x", 5)), damaged),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("d", other.getD().toString())), damaged),
                Arguments.of(TestKeys.fileWith(NEW, Map.of("d", "AA")), damaged),
                Arguments.of(
                        TestKeys.fileWith(NEW, Map.of("d", "_____________________________________________________w")),
                        damaged));
    }

    @ParameterizedTest
    @MethodSource("badFiles")
    void aFileThatIsOfNoUseIsRefusedInOneLineWithoutWhatIsSecret(String file, String reason) {
        var refused = assertThrows(UnusableKeysException.class, () -> ReceiptKeys.parse(file));

        assertEquals(true, refused.getMessage().contains(reason), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
        assertFalse(refused.getMessage().contains(NEW.getD().toString()));
        assertEquals(null, refused.getCause());
    }

    @Test
    void aFileThatCannotBeReadIsRefusedByItsName(@TempDir Path folder) throws Exception {
        var large = Files.writeString(folder.resolve("large"), " ".repeat(70_000));
        var binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        var absent = folder.resolve("absent");

        for (var file : List.of(large, binary, absent, folder)) {
            var refused = assertThrows(UnusableKeysException.class, () -> ReceiptKeys.read(file.toString()));
            assertEquals(true, refused.getMessage().contains(file.toString()), refused.getMessage());
        }
        assertThrows(UnusableKeysException.class, () -> ReceiptKeys.read("a\0b"));
    }

    @Test
    void aFileThatIsGoodIsRead(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("receipts.jwks"), TestKeys.file(NEW));

        assertEquals("2026-11", ReceiptKeys.read(file.toString()).kid());
    }

    @Test
    void theCommandOfTheHandbookMakesAKey(@TempDir Path folder) throws Exception {
        var openssl = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "openssl")));
        assumeTrue(openssl, "there is no OpenSSL here");
        var command = Pattern.compile("```sh\n(umask 077\n.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/operations.md")));
        assertEquals(true, command.find());

        var shell = new ProcessBuilder("sh", "-e", "-c", command.group(1))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();

        assertEquals(0, shell.waitFor(), () -> "see " + folder);
        assertEquals(
                "2026-11",
                ReceiptKeys.read(folder.resolve("receipts.jwks").toString()).kid());
        assertFalse(Files.exists(folder.resolve("receipts.der")));
    }
}
