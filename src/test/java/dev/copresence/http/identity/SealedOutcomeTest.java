package dev.copresence.http.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.copresence.http.identity.SealedOutcome.Outcome;
import io.quarkus.oidc.AuthorizationCodeTokens;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The envelope of a renewed session: open to who has the old cookie, and to nobody else. */
class SealedOutcomeTest {

    private final SealedOutcome sealed = new SealedOutcome("the old cookie");
    private final Outcome outcome = new Outcome(
            List.of("q_session=new; Path=/"), new AuthorizationCodeTokens("id", "access", "refresh", 300L, null));

    @Test
    void whoHasTheOldCookieOpensIt() {
        var opened = new SealedOutcome("the old cookie").open(sealed.close(outcome));

        assertNotNull(opened);
        assertEquals(outcome.lines(), opened.lines());
        assertEquals("id", opened.tokens().getIdToken());
        assertEquals("access", opened.tokens().getAccessToken());
        assertEquals("refresh", opened.tokens().getRefreshToken());
        assertEquals(300, opened.tokens().getAccessTokenExpiresIn());
        assertNull(opened.tokens().getAccessTokenScope());
    }

    @Test
    void nobodyElseDoes() {
        var other = new SealedOutcome("another cookie");

        assertNull(other.open(sealed.close(outcome)));
        assertNotEquals(sealed.name(), other.name());
        assertFalse(new String(Base64.getDecoder().decode(sealed.close(outcome)), StandardCharsets.ISO_8859_1)
                .contains("q_session"));
    }

    @Test
    void noTwoAreTheSame() {
        assertNotEquals(sealed.close(outcome), sealed.close(outcome));
    }

    @Test
    void whatWasChangedOrIsNoEnvelopeIsNotOpened() {
        var envelope = Base64.getDecoder().decode(sealed.close(outcome));
        for (var at = 0; at < envelope.length; at++) {
            var changed = envelope.clone();
            changed[at] ^= 1;
            assertNull(sealed.open(Base64.getEncoder().encodeToString(changed)));
        }
        for (var text : List.of("", "A", "====", "bogus", "AAAAAAAAAAAAAAAA")) {
            assertNull(sealed.open(text));
        }
    }
}
