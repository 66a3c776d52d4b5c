package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.copresence.http.receipts.TestKeys;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is given a receipt over HTTP, and that anybody can verify it by the published keys. */
@QuarkusTest
@TestProfile(ReceiptsResourceTest.Profile.class)
class ReceiptsResourceTest { // W6

    private static final Map<String, Object> KNOWN = Map.of("receiptKnown", true);

    /** Set by the test resource. */
    TokenProvider provider;

    private final String page = newPage();
    private final String tab = newTab();
    private Caller ana;

    @BeforeEach
    void anaIsThere() {
        ana = Caller.stranger("ana", provider);
    }

    @Test
    void aHolderIsGivenAReceiptWithEachBeatUnlessItIsKnown() throws Exception {
        var first = ana.beat(page, tab, true).extract();
        var again = ana.beat(page, tab, true).extract();
        ana.beat(page, tab, true, KNOWN).body("editing.granted", is(true)).body("editing", not(hasKey("receipt")));

        var claims = verified(first.path("editing.receipt"));
        assertEquals(first.<String>path("editing.receipt"), again.path("editing.receipt"));
        assertEquals("https://presence.example", claims.getIssuer());
        assertEquals(List.of("https://wiki.example"), claims.getAudience());
        assertEquals(ana.id, claims.getSubject());
        assertEquals(page, claims.getStringClaim("page"));
        assertEquals(first.<Long>path("editing.fence"), claims.getLongClaim("fence"));
        assertFalse(claims.getClaims().containsKey("section"));
        assertEquals(
                600_000,
                claims.getExpirationTime().getTime() - claims.getIssueTime().getTime());
    }

    @Test
    void aFenceThatIsNewIsToldWithItsReceiptWhateverIsKnown() throws Exception {
        ana.beat(page, tab, true);
        ana.beat(page, tab, false);

        var answer = ana.beat(page, tab, true, KNOWN).extract();

        assertEquals(
                answer.<Long>path("editing.fence"),
                verified(answer.path("editing.receipt")).getLongClaim("fence"));
    }

    @Test
    void aReceiptNamesThePageInItsCanonicalFormAndTheSection() throws Exception {
        var intro = Map.<String, Object>of("section", "e\u0301te\u0301");

        var answer = ana.beat(page + "/", tab, true, intro).extract();

        var claims = verified(answer.path("editing.receipt"));
        assertEquals(page, claims.getStringClaim("page"));
        assertEquals("\u00e9t\u00e9", claims.getStringClaim("section"));
    }

    @Test
    void aJoinThatIsSilentOnTheSectionIsGivenAReceiptForWhereTheTabIs() throws Exception {
        ana.beat(page, tab, true, Map.of("section", "intro"));

        var answer = ana.join(page, tab).extract();

        assertEquals("intro", verified(answer.path("editing.receipt")).getStringClaim("section"));
    }

    @Test
    void aBatchAndATurnGiveReceiptsToo() throws Exception {
        var item = new HashMap<String, Object>(Map.of("pagePath", page, "tabId", tab, "isEditing", true));
        var batch = ana.post("batch", Map.of("heartbeats", List.of(item))).extract();
        var chief = Caller.with("chief", provider, "copresence-takeover");
        var chiefsTab = newTab();
        chief.join(page, chiefsTab);

        var turn = chief.post("editor/takeover", Map.of("pagePath", page, "tabId", chiefsTab, "now", true))
                .extract();

        assertEquals(
                ana.id, verified(batch.path("results[0].beat.editing.receipt")).getSubject());
        var claims = verified(turn.path("editing.receipt"));
        assertEquals(chief.id, claims.getSubject());
        assertEquals(turn.<Long>path("editing.fence"), claims.getLongClaim("fence"));
    }

    @Test
    void whoWaitsOrHasLostTheLeaseHasNone() {
        ana.beat(page, tab, true);
        var ben = Caller.stranger("ben", provider);

        ben.beat(page, newTab(), true).body("editing.granted", is(false)).body("editing", not(hasKey("receipt")));
    }

    @Test
    void anybodyMayReadTheKeysAndKeepThemForAWhile() throws Exception {
        var answer = RestAssured.given().get("/api/presence/keys").then();

        answer.statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", equalTo("public, max-age=300"))
                .header("X-Content-Type-Options", equalTo("nosniff"));
        var keys = JWKSet.parse(answer.extract().asString());
        assertEquals(
                List.of("2026-11", "2026-12"),
                keys.getKeys().stream().map(key -> key.getKeyID()).toList());
        assertTrue(keys.getKeys().stream().noneMatch(key -> key.isPrivate()));
        var refused = Answer.of(RestAssured.given().post("/api/presence/keys").then());
        refused.isProblem(405, "method-not-allowed");
        assertEquals("no-store", refused.header("Cache-Control"));
    }

    @Test
    void aBadWordOnWhatIsKnownIsRefused() {
        Answer.of(ana.beat(page, tab, true, Map.of("receiptKnown", "yes")))
                .isProblem(400, "invalid-input")
                .names("receiptKnown");
    }

    private static JWTClaimsSet verified(String text) throws Exception {
        var receipt = SignedJWT.parse(text);
        var keys = JWKSet.parse(
                RestAssured.given().get("/api/presence/keys").then().extract().asString());
        var key = (ECKey) keys.getKeyByKeyId(receipt.getHeader().getKeyID());
        assertTrue(receipt.verify(new ECDSAVerifier(key)), text);
        return receipt.getJWTClaimsSet();
    }

    /** With two keys, the first of which signs. */
    public static class Profile extends EditorResourceTest.Profile {

        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new HashMap<>(super.getConfigOverrides());
            try {
                var file = Files.createTempFile("receipts", ".jwks");
                file.toFile().deleteOnExit();
                Files.writeString(file, TestKeys.file(TestKeys.key("2026-11"), TestKeys.key("2026-12")));
                settings.put("copresence.receipts.keys", file.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            settings.put("copresence.receipts.issuer", "https://presence.example");
            settings.put("copresence.receipts.audience", "https://wiki.example");
            return settings;
        }
    }
}
