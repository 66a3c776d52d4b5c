package dev.copresence.access.application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.access.AccessSettings;
import dev.copresence.access.Caller;
import dev.copresence.access.Decision;
import dev.copresence.access.Grant;
import dev.copresence.access.Level;
import dev.copresence.access.Question;
import dev.copresence.access.UndecidedException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A5: which grants are taken, which are refused, and for how long one is good. */
class GrantsTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final User ANA = new User(new UserId("ana"), "Ana", null);

    private static final PublicJsonWebKey EC = key("ec", () -> EcJwkGenerator.generateJwk(EllipticCurves.P256));
    private static final PublicJsonWebKey EC_384 = key("ec-384", () -> EcJwkGenerator.generateJwk(EllipticCurves.P384));
    private static final PublicJsonWebKey RSA = key("rsa", () -> RsaJwkGenerator.generateJwk(2048));
    private static final PublicJsonWebKey ED = key("ed", () -> OkpJwkGenerator.generateJwk("Ed25519"));
    private static final PublicJsonWebKey OTHER_EC = key("ec", () -> EcJwkGenerator.generateJwk(EllipticCurves.P256));
    private static final PublicJsonWebKey UNKNOWN = key("new", () -> EcJwkGenerator.generateJwk(EllipticCurves.P256));

    private interface Making {
        PublicJsonWebKey make() throws JoseException;
    }

    private static PublicJsonWebKey key(String id, Making making) {
        try {
            var key = making.make();
            key.setKeyId(id);
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The wall clock, moved with the other one. */
    private static final class Wall extends Clock {
        private final InstantSource source;

        Wall(InstantSource source) {
            this.source = source;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return source.instant();
        }
    }

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(NOW);
    private Path file;
    private Grants grants;

    @BeforeEach
    void start() throws IOException {
        file = folder.resolve("keys.json");
        publish(EC, EC_384, RSA, ED);
        grants = grants("grants.jwks", file.toString());
    }

    @AfterAll
    static void close() {
        VERTX.close();
    }

    private void publish(PublicJsonWebKey... keys) throws IOException {
        var set = new JsonWebKeySet(List.of((JsonWebKey[]) keys));
        Files.writeString(file, set.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
    }

    private Grants grants(String... more) {
        var settings = AccessSettings.map(
                "rules[0].paths", "/board/**",
                "rules[0].view", "grant",
                "grants.issuers", "https://wiki.example,https://other.example");
        settings.putAll(AccessSettings.map(more));
        var config = AccessSettings.of(settings);
        return new Grants(AccessSettings.access(config), config, new GrantKeys(VERTX, config, clock), new Wall(clock));
    }

    private static JsonObject good() {
        return new JsonObject()
                .put("iss", "https://wiki.example")
                .put("aud", "copresence")
                .put("sub", "ana")
                .put("exp", NOW.getEpochSecond() + 300)
                .put("presence", new JsonArray().add(entry("/board/**", "view", "names", "edit")));
    }

    private static JsonObject entry(String pages, String... rights) {
        return new JsonObject().put("pages", pages).put("do", new JsonArray(List.of((Object[]) rights)));
    }

    private static String sign(JsonObject claims) {
        return sign(claims.encode(), EC, "ES256");
    }

    private static String sign(String payload, PublicJsonWebKey key, String algorithm) {
        var jws = new JsonWebSignature();
        jws.setKeyIdHeaderValue(key.getKeyId());
        jws.setKey(key.getPrivateKey());
        return compact(jws, payload, algorithm);
    }

    private static String compact(JsonWebSignature jws, String payload, String algorithm) {
        try {
            jws.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
            jws.setAlgorithmHeaderValue(algorithm);
            jws.setPayload(payload);
            return jws.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private Grant of(String jws) {
        return now(grants.of(jws, ANA));
    }

    private static <T> T now(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(20));
    }

    private static Decision decision(Grant grant, String page) {
        var access = AccessSettings.access(AccessSettings.of(
                "rules[0].paths", "/board/**", "rules[0].view", "grant", "grants.in-token-only", "true"));
        return access.decide(new Caller(ANA, Set.of(), Set.of(), grant), new PagePath(page), Question.SEE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "EdDSA"})
    void aGrantIsTakenThatIsSignedWithOneOfThree(String algorithm) {
        var key = algorithm.equals("ES256") ? EC : algorithm.equals("RS256") ? RSA : ED;

        var grant = of(sign(good().encode(), key, algorithm));

        assertEquals(Decision.EVERYTHING, decision(grant, "/board/9"));
        assertEquals(Decision.NOTHING, decision(grant, "/elsewhere"));
    }

    @Test
    void whatItGrantsIsWhatItsEntriesSay() {
        var claims = good().put(
                        "presence",
                        new JsonArray()
                                .add(entry("/board/9", "view"))
                                .add(entry("/board/*", "names"))
                                .add(entry("/board/8", "view", "edit")));

        var grant = of(sign(claims));

        assertEquals(new Decision(true, Level.NAMES, false), decision(grant, "/board/9"));
        assertEquals(Decision.NOTHING, decision(grant, "/board/7"));
    }

    /** The grants that are none. */
    enum Bad {
        GARBAGE(test -> "grant"),
        EMPTY(test -> ""),
        TOO_LONG(test -> sign(good().put("x", "x".repeat(4096)))),
        ANOTHERS_SIGNATURE(test -> sign(good().encode(), OTHER_EC, "ES256")),
        CHANGED(test -> {
            var parts = sign(good()).split("\\.");
            var payload = good().put("sub", "ana")
                    .put("exp", NOW.getEpochSecond() + 301)
                    .encode();
            return parts[0] + "." + base64(payload) + "." + parts[2];
        }),
        WITHOUT_SIGNATURE(test -> {
            var jws = new JsonWebSignature();
            return compact(jws, good().encode(), "none");
        }),
        SIGNATURE_TAKEN_AWAY(test -> sign(good()).replaceFirst("[^.]*$", "")),
        SIGNED_WITH_THE_PUBLIC_KEY(test -> {
            var jws = new JsonWebSignature();
            jws.setKeyIdHeaderValue("rsa");
            jws.setKey(new HmacKey(RSA.getPublicKey().getEncoded()));
            return compact(jws, good().encode(), "HS256");
        }),
        ANOTHER_ALGORITHM(test -> sign(good().encode(), RSA, "RS512")),
        ANOTHER_CURVE(test -> sign(good().encode(), EC_384, "ES384")),
        UNKNOWN_KEY(test -> sign(good().encode(), UNKNOWN, "ES256")),
        UNKNOWN_CRITICAL_HEADER(test -> {
            var jws = new JsonWebSignature();
            jws.setKeyIdHeaderValue("ec");
            jws.setKey(EC.getPrivateKey());
            jws.setCriticalHeaderNames("later");
            return compact(jws, good().encode(), "ES256");
        }),
        NO_JSON(test -> sign("presence", EC, "ES256")),
        ENDED(test -> sign(good().put("exp", NOW.getEpochSecond() - 11))),
        WITHOUT_END(test -> sign(without("exp"))),
        END_IS_A_WORD(test -> sign(good().put("exp", "soon"))),
        TOO_FAR_AN_END(test -> sign(good().put("exp", NOW.getEpochSecond() + 611))),
        TOO_LONG_A_LIFE(test -> sign(good().put("iat", NOW.getEpochSecond() - 400))),
        ISSUED_LATER(test -> sign(good().put("iat", NOW.getEpochSecond() + 60))),
        NOT_YET(test -> sign(good().put("nbf", NOW.getEpochSecond() + 60))),
        ANOTHER_ISSUER(test -> sign(good().put("iss", "https://evil.example"))),
        WITHOUT_ISSUER(test -> sign(without("iss"))),
        ANOTHER_AUDIENCE(test -> sign(good().put("aud", "wiki"))),
        WITHOUT_AUDIENCE(test -> sign(without("aud"))),
        ANOTHER_USER(test -> sign(good().put("sub", "ben"))),
        WITHOUT_USER(test -> sign(without("sub"))),
        WITHOUT_ENTRIES(test -> sign(without("presence"))),
        ENTRIES_NO_LIST(test -> sign(good().put("presence", entry("/board/**", "view")))),
        ENTRY_NO_OBJECT(test -> sign(good().put("presence", new JsonArray().add("view")))),
        TOO_MANY_ENTRIES(test -> sign(good().put(
                        "presence",
                        new JsonArray(IntStream.range(0, 21)
                                .mapToObj(number -> entry("/" + number, "view"))
                                .toList())))),
        WITHOUT_PAGES(test -> sign(with(new JsonObject().put("do", new JsonArray().add("view"))))),
        MORE_THAN_IS_KNOWN(test -> sign(with(entry("/board/**", "view").put("except", "/board/9")))),
        UNKNOWN_RIGHT(test -> sign(with(entry("/board/**", "view", "delete")))),
        RIGHT_NO_WORD(test -> sign(with(new JsonObject().put("pages", "/a").put("do", new JsonArray().add(1))))),
        NO_PATTERN(test -> sign(with(entry("board", "view")))),
        PATTERN_WITH_USER(test -> sign(with(entry("/u/{user}", "view")))),
        TWO_MEMBERS_OF_A_NAME(test -> sign("{\"sub\":\"ben\"," + good().encode().substring(1), EC, "ES256"));

        private final Function<GrantsTest, String> make;

        Bad(Function<GrantsTest, String> make) {
            this.make = make;
        }

        private static JsonObject without(String claim) {
            var claims = good();
            claims.remove(claim);
            return claims;
        }

        private static JsonObject with(JsonObject entry) {
            return good().put(
                            "presence", new JsonArray().add(entry("/a", "view")).add(entry));
        }

        private static String base64(String text) {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBadGrantIsRefusedAsAWhole(Bad bad) {
        var jws = bad.make.apply(this);

        var refused = assertThrows(BadGrantException.class, () -> of(jws));

        assertTrue(refused.getMessage().length() > 10);
        assertTrue(
                !refused.getMessage().contains("ana") && !refused.getMessage().contains("ben"), refused.getMessage());
        assertNull(grants.known(jws, ANA));
        assertThrows(BadGrantException.class, () -> of(jws));
    }

    @Test
    void aGrantIsVerifiedOnceAndRememberedUntilItEnds() {
        var jws = sign(good());
        assertNull(grants.known(jws, ANA));
        var grant = of(jws);

        assertSame(grant, grants.known(jws, ANA));
        assertSame(grant, of(jws));
        clock.advance(Duration.ofSeconds(309));
        assertSame(grant, grants.known(jws, ANA));

        clock.advance(Duration.ofSeconds(1));
        assertNull(grants.known(jws, ANA));
        assertThrows(BadGrantException.class, () -> of(jws));
    }

    @Test
    void aRememberedGrantIsNobodyElses() {
        var jws = sign(good());
        of(jws);
        var ben = new User(new UserId("ben"), "Ben", null);

        assertNull(grants.known(jws, ben));
        assertThrows(BadGrantException.class, () -> now(grants.of(jws, ben)));
    }

    @Test
    void aNewKeyIsFoundWhenItIsMissedButNotAskedForByEverybody() throws IOException {
        // given
        of(sign(good()));
        var jws = sign(good().encode(), UNKNOWN, "ES256");
        assertThrows(BadGrantException.class, () -> of(jws));
        publish(EC, UNKNOWN);

        // then
        assertThrows(BadGrantException.class, () -> of(jws), "it was looked for just now");
        clock.advance(GrantKeys.READ_AT_MOST_EVERY);
        assertNotNull(of(jws));
    }

    @Test
    void aKeyThatIsWithdrawnEndsWhatItHasSigned() throws IOException {
        // given
        var jws = sign(good());
        of(jws);
        publish(RSA);

        // when: somebody misses a key
        clock.advance(GrantKeys.READ_AT_MOST_EVERY);
        assertThrows(BadGrantException.class, () -> of(sign(good().encode(), UNKNOWN, "ES256")));

        // then
        assertNull(grants.known(jws, ANA));
        assertThrows(BadGrantException.class, () -> of(jws));
    }

    @Test
    void keysThatCannotBeHadAreNobodysFault() throws IOException {
        Files.delete(file);
        assertThrows(UndecidedException.class, () -> of(sign(good())));

        publish(EC);
        assertNotNull(of(sign(good())));
    }

    @Test
    void keysThatCannotBeReadAgainStay() throws IOException {
        of(sign(good()));
        Files.writeString(file, "<html>");

        clock.advance(GrantKeys.READ_AT_MOST_EVERY);
        assertThrows(BadGrantException.class, () -> of(sign(good().encode(), UNKNOWN, "ES256")));

        assertNotNull(of(sign(good().put("jti", "2"))));
    }

    @Test
    void aClaimOfATokenGrantsAsLongAsTheToken() {
        var until = NOW.plusSeconds(3600);

        var grant = grants.ofClaim(good().getJsonArray("presence"), until);

        assertEquals(until, grant.until());
        assertEquals(Decision.EVERYTHING, decision(grant, "/board/9"));
        assertThrows(BadGrantException.class, () -> grants.ofClaim("view", until));
        assertThrows(BadGrantException.class, () -> grants.ofClaim(new JsonArray().add(1), until));
    }

    @Test
    void whereNoRuleSaysGrantNothingIsLookedAt() {
        assertTrue(grants.areTaken() && grants.isHeaderRead());
        assertTrue(!grants("rules[0].view", "users").areTaken());
        var inToken = grants("grants.in-token-only", "true", "grants.jwks", file.toString());
        assertTrue(inToken.areTaken() && !inToken.isHeaderRead());
    }
}
