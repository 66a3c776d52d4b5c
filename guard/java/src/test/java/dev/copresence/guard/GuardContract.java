package dev.copresence.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.copresence.guard.Guard.Answer;
import dev.copresence.guard.Guard.Row;
import dev.copresence.guard.Guard.Settings;
import dev.copresence.guard.Guard.TextName;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guard answers, by whichever way it is reached. */
abstract class GuardContract {

    static final TextName PAGE = new TextName("/docs/a", null);
    private static final String ISSUER = "https://presence.example";
    private static final String SITE = "https://wiki.example";
    private static final Instant NOW = Instant.ofEpochSecond(1_795_556_475);
    private static final ECKey KEY = key("2026-11");

    final MemoryStore store = new MemoryStore();
    private final AtomicReference<Instant> time = new AtomicReference<>(NOW);
    private FakeService copresence;

    /** Begins to serve by this guard; the user is who the bearer says. */
    abstract void start(Guard guard) throws Exception;

    /** What is answered to a request. */
    abstract Answer call(String method, String path, Map<String, String> headers, String body) throws Exception;

    void stop() throws Exception {}

    @BeforeEach
    void startGuard() throws Exception {
        copresence = new FakeService();
        copresence.keys = new JWKSet(KEY.toPublicJWK());
        store.rows.put(PAGE, new Row("", 0, 0));
        start(new Guard(copresence.address(), settings(), store));
    }

    @AfterEach
    void stopGuard() throws Exception {
        stop();
        copresence.close();
    }

    private Settings settings() {
        return Settings.defaults().withReceipts(ISSUER, SITE).withMaxBytes(1000).withClock(time::get);
    }

    // --- What is good

    @Test
    @DisplayName("W7: a text is read, opened by a receipt, and saved under the same fence")
    void aTextIsReadOpenedAndSaved() throws Exception {
        // given
        store.rows.put(PAGE, new Row("Grüße", 4, 0));

        // then
        var read = call("GET", "/docs/a", Map.of(), "");
        assertEquals(200, read.status());
        assertEquals("\"4\"", read.headers().get("etag"));
        assertEquals(Map.of("text", "Grüße", "revision", 4L), json(read));
        var opened = open(Map.of("Presence-Receipt", receipt(Map.of())));
        assertEquals(Map.of("text", "Grüße", "revision", 4L), json(opened));
        var saved = save("418", "\"4\"", "Žluťoučký");
        assertEquals(200, saved.status(), saved.body());
        assertEquals("\"5\"", saved.headers().get("etag"));
        assertEquals(new Row("Žluťoučký", 5, 418), store.read(PAGE));
    }

    @Test
    @DisplayName("W4: a fence is taken after verify has said yes, and a save asks nobody")
    void aFenceIsAskedForOnce() throws Exception {
        assertEquals(200, open(Map.of("Presence-Fence", "418")).status());
        assertEquals(200, save("418", "\"0\"", "Ana's").status());
        assertEquals(1, copresence.asked.size());
    }

    @Test
    void aSaveThatArrivesTwiceIsToldTwiceThatItIsGood() throws Exception {
        open(Map.of("Presence-Fence", "418"));
        assertEquals(200, save("418", "\"0\"", "Ana's").status());
        assertEquals(200, save("418", "\"0\"", "Ana's").status());
        assertEquals(412, save("418", "\"0\"", "Ana's, another").status());
    }

    @Test
    void aBackendMayAskWithATokenOfItsOwn() throws Exception {
        stop();
        start(new Guard(copresence.address(), settings().withVerifier(() -> "verifier"), store));
        assertEquals(200, open(Map.of("Presence-Fence", "418")).status());
        assertTrue(copresence.asked.get(0).contains("\"userId\":\"ana\""), copresence.asked.get(0));
    }

    // --- What is refused

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            quoteCharacter = '`',
            value = {
                "-, -, 428, no-fence",
                "-, \"0\", 428, no-fence",
                "418, -, 428, no-base",
                "x, \"0\", 400, bad-fence",
                "-1, \"0\", 400, bad-fence",
                "0, \"0\", 400, bad-fence",
                "4e2, \"0\", 400, bad-fence",
                "9007199254740993, \"0\", 400, bad-fence",
                "418, *, 400, bad-base",
                "418, W/\"0\", 400, bad-base",
                "417, \"0\", 409, lost",
                "419, \"0\", 409, not-opened",
                "418, \"1\", 412, changed",
            })
    void aBadSaveIsRefused(@Nullable String fence, @Nullable String base, int status, String reason) throws Exception {
        open(Map.of("Presence-Fence", "418"));
        refused(status, reason, save(fence, base, "x"));
        assertEquals(new Row("", 0, 418), store.read(PAGE));
    }

    @Test
    void aTextThatIsTooLongIsRefused() throws Exception {
        open(Map.of("Presence-Fence", "418"));
        assertEquals(413, save("418", "\"0\"", "x".repeat(1001)).status());
        assertEquals(200, save("418", "\"0\"", "x".repeat(1000)).status());
    }

    @Test
    void anOpenNeedsAFence() throws Exception {
        refused(428, "no-fence", open(Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1.5", "-418", "0", "9007199254740992"})
    void aFenceIsANumber(String fence) throws Exception {
        refused(400, "bad-fence", open(Map.of("Presence-Fence", fence)));
    }

    @Test
    @DisplayName("W4: an invented fence is refused, says who holds the page, and moves nothing")
    void anInventedFenceIsRefused() throws Exception {
        var refused = open(Map.of("Presence-Fence", "9007199254740991", "Authorization", "Bearer mallory"));
        refused(409, "lost", refused);
        assertTrue(refused.body().contains("\"Ana\""), refused.body());
        assertEquals(new Row("", 0, 0), store.read(PAGE));
    }

    @Test
    void anOlderFenceIsToldTheStoredOne() throws Exception {
        store.rows.put(PAGE, new Row("", 0, 500));
        var refused = open(Map.of("Presence-Receipt", receipt(Map.of())));
        refused(409, "lost", refused);
        assertEquals(500L, json(refused).get("storedFence"));
    }

    @Test
    @DisplayName("W4: while the service is down an open without a receipt waits, and one with it is good")
    void theServiceIsDown() throws Exception {
        // given keys that were seen before
        assertEquals(200, open(Map.of("Presence-Receipt", receipt(Map.of()))).status());
        copresence.close();

        // when
        var refused = open(Map.of("Presence-Fence", "418"));

        // then
        assertEquals(503, refused.status());
        assertEquals("2", refused.headers().get("retry-after"));
        time.set(NOW.plusSeconds(590));
        assertEquals(200, open(Map.of("Presence-Receipt", receipt(Map.of()))).status());
        assertEquals(200, save("418", "\"0\"", "Ana's").status());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 500, 503, 200})
    void whatMakesNoSenseIsNoYes(int status) throws Exception {
        copresence.broken = status;
        assertEquals(503, open(Map.of("Presence-Fence", "418")).status());
    }

    @ParameterizedTest(name = "a receipt {0}")
    @MethodSource("badReceipts")
    @DisplayName("W4: a receipt that is not for this is refused and moves nothing")
    void aBadReceiptIsRefused(String which, String receipt) throws Exception {
        refused(400, "bad-receipt", open(Map.of("Presence-Receipt", receipt)));
        assertEquals(new Row("", 0, 0), store.read(PAGE));
    }

    static Stream<Arguments> badReceipts() throws JOSEException {
        var good = receipt(Map.of()).split("\\.");
        var none = Base64URL.encode("{\"alg\":\"none\"}");
        var mac = new MACSigner(KEY.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8));
        return Stream.of(
                Arguments.of("of another issuer", receipt(Map.of("iss", "https://evil.example"))),
                Arguments.of("for another site", receipt(Map.of("aud", "https://shop.example"))),
                Arguments.of("of another user", receipt(Map.of("sub", "ben"))),
                Arguments.of("for another page", receipt(Map.of("page", "/docs/b"))),
                Arguments.of("for a section", receipt(Map.of("section", "install"))),
                Arguments.of("that has ended", receipt(Map.of("exp", date(-31)))),
                Arguments.of("that is not good yet", receipt(Map.of("iat", date(100)))),
                Arguments.of("with nbf ahead", receipt(Map.of("nbf", date(100)))),
                Arguments.of("with a fence that is text", receipt(Map.of("fence", "418"))),
                Arguments.of("with a fence that is too big", receipt(Map.of("fence", 1L << 53))),
                Arguments.of("of an unknown key", receipt(JWSAlgorithm.ES256, "1999-01", signer(KEY), Map.of())),
                Arguments.of(
                        "of another key", receipt(JWSAlgorithm.ES256, "2026-11", signer(key("2026-11")), Map.of())),
                Arguments.of("with HS256", receipt(JWSAlgorithm.HS256, "2026-11", mac, Map.of())),
                Arguments.of("with alg none", none + "." + good[1] + "."),
                Arguments.of("with another's claims", good[0] + "." + Base64URL.encode("{}") + "." + good[2]),
                Arguments.of("that is garbage", "garbage"),
                Arguments.of("of empty parts", ".."));
    }

    @Test
    void aReceiptBesideAnotherFenceIsRefused() throws Exception {
        refused(400, "bad-receipt", open(Map.of("Presence-Receipt", receipt(Map.of()), "Presence-Fence", "419")));
    }

    @Test
    void aTextThatIsNotThereIsNotFound() throws Exception {
        assertEquals(
                404,
                call("GET", "/docs/b", Map.of("Authorization", "Bearer ana"), "")
                        .status());
    }

    // --- Keys

    @Test
    @DisplayName("W4: an unknown key is asked for, twice a minute at most")
    void anUnknownKeyIsAskedForSeldom() throws Exception {
        var next = key("next");
        var receipt = receipt(JWSAlgorithm.ES256, "next", signer(next), Map.of());
        for (var i = 0; i < 5; i++) {
            assertEquals(400, open(Map.of("Presence-Receipt", receipt)).status());
        }
        assertEquals(1, copresence.asked.size());

        copresence.keys = new JWKSet(next.toPublicJWK());
        time.set(NOW.plusSeconds(31));
        assertEquals(200, open(Map.of("Presence-Receipt", receipt)).status());
        assertEquals(2, copresence.asked.size());
    }

    // --- Words of these tests

    private Answer open(Map<String, String> headers) throws Exception {
        var all = new HashMap<>(Map.of("Authorization", "Bearer ana"));
        all.putAll(headers);
        return call("POST", "/docs/a", all, "");
    }

    private Answer save(@Nullable String fence, @Nullable String base, String text) throws Exception {
        var all = new HashMap<>(Map.of("Authorization", "Bearer ana"));
        if (fence != null) {
            all.put("Presence-Fence", fence);
        }
        if (base != null) {
            all.put("If-Match", base);
        }
        return call("PUT", "/docs/a", all, text);
    }

    private static void refused(int status, String reason, Answer answer) throws ParseException {
        assertEquals(status, answer.status(), answer.body());
        assertEquals("application/problem+json", answer.headers().get("content-type"));
        assertEquals(reason, json(answer).get("reason"), answer.body());
    }

    static Map<String, Object> json(Answer answer) throws ParseException {
        return JSONObjectUtils.parse(answer.body());
    }

    private static Date date(long secondsFromNow) {
        return Date.from(NOW.plusSeconds(secondsFromNow));
    }

    static String receipt(Map<String, Object> claims) {
        return receipt(JWSAlgorithm.ES256, "2026-11", signer(KEY), claims);
    }

    private static String receipt(JWSAlgorithm algorithm, String key, JWSSigner signer, Map<String, Object> claims) {
        var all = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(SITE)
                .subject("ana")
                .claim("page", "/docs/a")
                .claim("fence", 418L)
                .issueTime(date(0))
                .expirationTime(date(600));
        claims.forEach(all::claim);
        var header = new JWSHeader.Builder(algorithm).keyID(key).type((JOSEObjectType) null);
        var jwt = new SignedJWT(header.build(), all.build());
        try {
            jwt.sign(signer);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
        return jwt.serialize();
    }

    private static JWSSigner signer(ECKey key) {
        try {
            return new ECDSASigner(key);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }
}
