package dev.copresence.http.receipts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.UserId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a receipt says, that others can verify it, and when a tab is told of one. */
class ReceiptsTest { // W6

    private static final UserId ANA = new UserId("u-ana");
    private static final UserId BEN = new UserId("u-ben");
    private static final TabId TAB = new TabId(0, 1);
    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final Section INTRO = new Section("intro");
    private static final long FENCE = 1_795_556_475_130_001L;
    private static final Duration HALF_LIFE = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final ECKey key = TestKeys.key("2026-11");
    private final WallClock clock = new WallClock();
    private Receipts receipts;

    @BeforeEach
    void begin() throws Exception {
        var file = Files.writeString(folder.resolve("receipts.jwks"), TestKeys.file(key, TestKeys.key("2026-12")));
        receipts = receipts(TestConfig.with(Map.of(
                "copresence.receipts.keys", file.toString(),
                "copresence.receipts.issuer", "https://presence.example",
                "copresence.receipts.audience", "https://wiki.example")));
    }

    @Test
    void aReceiptSaysWhoHoldsWhatUnderWhichFenceAndForHowLong() throws Exception {
        var receipt = SignedJWT.parse(told(new Editing.Granted(FENCE, INTRO, null), false));

        assertEquals(
                "{\"alg\":\"ES256\",\"kid\":\"2026-11\"}",
                receipt.getHeader().toBase64URL().decodeToString());
        var now = clock.instant().getEpochSecond();
        assertEquals(
                "{\"iss\":\"https://presence.example\",\"aud\":\"https://wiki.example\",\"sub\":\"u-ana\","
                        + "\"page\":\"/docs/a\",\"section\":\"intro\",\"fence\":" + FENCE + ",\"iat\":" + now
                        + ",\"exp\":" + (now + 600) + "}",
                receipt.getPayload().toString());
    }

    @Test
    void aReceiptForThePageAsAWholeNamesNoSection() throws Exception {
        var claims = SignedJWT.parse(told(new Editing.Granted(FENCE), false)).getJWTClaimsSet();

        assertNull(claims.getClaim("section"));
        assertEquals(FENCE, claims.getLongClaim("fence"));
    }

    @Test
    void anotherLibraryVerifiesItByThePublishedKeys() throws Exception {
        var receipt = SignedJWT.parse(told(new Editing.Granted(FENCE), false));
        var published = JWKSet.parse(receipts.publicKeys());

        var named = (ECKey) published.getKeyByKeyId(receipt.getHeader().getKeyID());
        var other = (ECKey) published.getKeyByKeyId("2026-12");

        assertTrue(receipt.verify(new ECDSAVerifier(named)));
        assertTrue(!receipt.verify(new ECDSAVerifier(other)));
        assertTrue(!named.isPrivate());
    }

    @Test
    void whoKnowsTheReceiptIsNotToldAgainUntilHalfItsLifeIsOver() {
        var first = told(new Editing.Granted(FENCE), false);
        clock.advance(HALF_LIFE.minusSeconds(1));

        assertNull(told(new Editing.Granted(FENCE), true));
        assertEquals(first, told(new Editing.Granted(FENCE), false));
        clock.advance(Duration.ofSeconds(1));
        var second = told(new Editing.Granted(FENCE), true);
        assertNotNull(second);
        assertNotEquals(first, second);
        assertNull(told(new Editing.Granted(FENCE), true));
        assertEquals(second, told(new Editing.Granted(FENCE), false));
    }

    @Test
    void anotherFencePageOrSectionIsToldOfWhateverIsKnown() {
        var told = new ArrayList<@Nullable String>();
        told.add(told(new Editing.Granted(FENCE), true));
        told.add(told(new Editing.Granted(FENCE + 1), true));
        told.add(told(new Editing.Granted(FENCE + 1, INTRO, null), true));
        told.add(receipts.of(ANA, TAB, new PagePath("/docs/b"), new Editing.Granted(FENCE + 1, INTRO, null), true));

        assertEquals(
                4, told.stream().filter(receipt -> receipt != null).distinct().count());
    }

    @Test
    void eachTabHasAReceiptOfItsUser() throws Exception {
        told(new Editing.Granted(FENCE), false);

        var bens = receipts.of(BEN, TAB, PAGE, new Editing.Granted(FENCE), true);

        assertEquals("u-ben", SignedJWT.parse(bens).getJWTClaimsSet().getSubject());
    }

    @Test
    void whoHoldsNothingHasNone() {
        assertNull(told(null, false));
        assertNull(told(new Editing.Waiting(BEN, 1), false));
    }

    @Test
    void withoutKeysThereAreNone() throws Exception {
        var none = receipts(TestConfig.defaults());

        assertNull(none.of(ANA, TAB, PAGE, new Editing.Granted(FENCE), false));
        assertNull(none.publicKeys());
    }

    @Test
    void aReceiptFollowsAWallClockThatIsSetBack() throws Exception {
        told(new Editing.Granted(FENCE), false);
        clock.advance(Duration.ofHours(-1));

        var next = SignedJWT.parse(told(new Editing.Granted(FENCE), true));

        assertEquals(clock.instant(), next.getJWTClaimsSet().getIssueTime().toInstant());
    }

    private @Nullable String told(@Nullable Editing editing, boolean known) {
        return receipts.of(ANA, TAB, PAGE, editing, known);
    }

    private Receipts receipts(PresenceConfig config) throws UnusableKeysException {
        return new Receipts(config, clock, new ObjectMapper());
    }

    private static final class WallClock extends Clock {

        private Instant now = Instant.parse("2026-11-25T12:00:00Z");

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
