package dev.copresence.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.http.refusals.PersonBody;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo believes no fence that nobody has verified. */
class DemoTextsTest {

    private static final String PAGE = "/docs/editing/";
    private static final long GOOD = 1_795_556_475_130_001L;

    private final DemoTexts texts = new DemoTexts();

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "intro")
    void aFenceThatWasNotVerifiedRefusesNobody(@Nullable String section) {
        var forced = texts.force(PAGE, save(section, Long.MAX_VALUE, 0));

        var saved = texts.save(PAGE, save(section, GOOD, forced.version()));

        assertNotNull(saved);
        assertEquals(GOOD, saved.lastFence(section));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "intro")
    void aSaveWithoutAFenceForgetsNoneThatWasVerified(@Nullable String section) {
        var first = texts.save(PAGE, save(section, GOOD, 0));
        assertNotNull(first);
        var forced = texts.force(PAGE, save(section, Long.MIN_VALUE, first.version()));

        assertEquals(GOOD, forced.lastFence(section));
        assertNull(texts.save(PAGE, save(section, GOOD - 1, forced.version())));
        assertNotNull(texts.save(PAGE, save(section, GOOD, forced.version())));
    }

    private static DemoTexts.Save save(@Nullable String section, long fence, long base) {
        return new DemoTexts.Save(
                section, "text", fence, base, PersonBody.of(new User(new UserId("u-1"), "User 1", null)));
    }
}
