package dev.copresence.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.copresence.LeaseRefusedException;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.http.refusals.PersonBody;
import dev.copresence.http.refusals.RefusedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo's texts are opened under a fence and saved under exactly that one, as docs/editing.md has it. */
class DemoTextsTest {

    private static final String PAGE = "/docs/editing/";
    private static final String INTRO = "intro";
    private static final User ANA = new User(new UserId("ana"), "Ana", null);
    private static final User BEN = new User(new UserId("ben"), "Ben", null);

    private final DemoTexts texts = new DemoTexts();

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = INTRO)
    void theWaitingWriterReadsWhatWasSavedBeforeTheySave(@Nullable String section) {
        // given Ben, who waits with the text of revision 0 before him
        texts.open(PAGE, section, 7, ANA);
        var saved = texts.save(PAGE, save(ANA, section, "Ana's", 7, 0));

        // when he is promoted
        var opened = texts.open(PAGE, section, 8, BEN);

        // then
        assertEquals(saved, opened);
        var refused = assertThrows(RefusedException.class, () -> texts.save(PAGE, save(BEN, section, "Ben's", 8, 0)));
        assertEquals("Ana", refused.problem().editor().name());
        assertEquals(2, texts.save(PAGE, save(BEN, section, "Both", 8, 1)).version());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = INTRO)
    void theSleeperIsShutOutOnceSomebodyElseHasRead(@Nullable String section) {
        texts.open(PAGE, section, 7, ANA);
        texts.open(PAGE, section, 8, BEN);

        assertEquals(BEN, lost(() -> texts.save(PAGE, save(ANA, section, "Ana's", 7, 0))));
        assertEquals(BEN, lost(() -> texts.open(PAGE, section, 7, ANA)));
        assertEquals(1, texts.save(PAGE, save(BEN, section, "Ben's", 8, 0)).version());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = INTRO)
    void anInventedFenceSavesNothingAndShutsNobodyOut(@Nullable String section) {
        texts.open(PAGE, section, 7, ANA);

        assertEquals(ANA, lost(() -> texts.save(PAGE, save(BEN, section, "Ben's", 9_007_199_254_740_991L, 0))));
        assertEquals(1, texts.save(PAGE, save(ANA, section, "Ana's", 7, 0)).version());
    }

    @Test
    void nobodySavesWhatTheyHaveNotOpened() {
        assertNull(lost(() -> texts.save(PAGE, save(ANA, null, "Ana's", 7, 0))));
    }

    @Test
    void aSaveThatIsSaidTwiceIsOne() {
        texts.open(PAGE, null, 7, ANA);
        var save = save(ANA, null, "Ana's", 7, 0);

        assertEquals(texts.save(PAGE, save), texts.save(PAGE, save));
        assertEquals(1, texts.read(PAGE).version());
        assertThrows(RefusedException.class, () -> texts.save(PAGE, save(ANA, null, "Another", 7, 0)));
    }

    @Test
    void theHolderSavesAsOftenAsTheyLike() {
        texts.open(PAGE, INTRO, 7, ANA);
        texts.save(PAGE, save(ANA, INTRO, "One", 7, 0));

        assertEquals(2, texts.save(PAGE, save(ANA, INTRO, "Two", 7, 1)).version());
    }

    @Test
    void sectionsAreSavedBesideOneAnother() {
        texts.open(PAGE, INTRO, 7, ANA);
        texts.open(PAGE, "end", 8, BEN);
        texts.save(PAGE, save(BEN, "end", "Ben's", 8, 0));

        assertEquals(2, texts.save(PAGE, save(ANA, INTRO, "Ana's", 7, 0)).version());
    }

    @Test
    void whoOpensThePageShutsOutWhoHasOpenedASectionBefore() {
        texts.open(PAGE, INTRO, 7, ANA);
        texts.open(PAGE, null, 8, BEN);

        assertEquals(BEN, lost(() -> texts.save(PAGE, save(ANA, INTRO, "Ana's", 7, 0))));
        assertEquals(1, texts.save(PAGE, save(BEN, null, "Ben's", 8, 0)).version());
    }

    @Test
    void whoOpensASectionShutsOutWhoHasOpenedThePageBefore() {
        texts.open(PAGE, null, 7, ANA);
        texts.open(PAGE, INTRO, 8, BEN);

        assertEquals(BEN, lost(() -> texts.save(PAGE, save(ANA, null, "Ana's", 7, 0))));
        assertEquals(BEN, lost(() -> texts.open(PAGE, null, 7, ANA)));
        texts.save(PAGE, save(BEN, INTRO, "Ben's", 8, 0));

        // Under a new fence she reads what he has saved.
        assertEquals(1, texts.open(PAGE, null, 9, ANA).revision(null));
        assertEquals(2, texts.save(PAGE, save(ANA, null, "Both", 9, 1)).version());
    }

    @Test
    void whatAScriptWritesIsSeenByWhoHasOpenedTheText() {
        texts.open(PAGE, null, 7, ANA);
        texts.force(PAGE, save(BEN, null, "The script's", 0, 0));

        assertThrows(RefusedException.class, () -> texts.save(PAGE, save(ANA, null, "Ana's", 7, 0)));
        assertEquals(2, texts.save(PAGE, save(ANA, null, "Both", 7, 1)).version());
    }

    @Test
    void moreSectionsThanAPageCanNeedShutOutTheirOldestHolderAlone() {
        for (var n = 1; n <= DemoFences.MAX_SECTIONS + 1; n++) {
            texts.open(PAGE, "s" + n, n, ANA);
        }

        assertEquals(1, texts.save(PAGE, save(ANA, "s2", "Ana's", 2, 0)).version());
        assertEquals(2, texts.save(PAGE, save(ANA, "s1", "Ana's", 1, 0)).version());
        texts.open(PAGE, "s53", 53, BEN);
        texts.open(PAGE, "s54", 54, BEN);
        lost(() -> texts.save(PAGE, save(ANA, "s1", "Ana's", 1, 2)));
    }

    private static @Nullable User lost(Runnable call) {
        return assertThrows(LeaseRefusedException.class, call::run).editor();
    }

    private static DemoTexts.Save save(User by, @Nullable String section, String text, long fence, long base) {
        return new DemoTexts.Save(section, text, fence, base, PersonBody.of(by));
    }
}
