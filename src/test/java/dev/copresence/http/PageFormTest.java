package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.EditedSection;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Section;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import dev.copresence.access.Level;
import dev.copresence.http.refusals.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The forms of a page (A7), byte by byte: whoever changes them changes what clients read. */
class PageFormTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final User ADA = new User(new UserId("u-1"), "Ada Lovelace", "https://example.org/ada.png");
    private static final User BEN = new User(new UserId("u-2"), "Ben", null);
    private static final Section INTRO = new Section("intro");

    private final SnapshotEncoder encoder = encoder();

    private static SnapshotEncoder encoder() {
        var mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        return new SnapshotEncoder(mapper);
    }

    private static PresenceSnapshot busy(long adasArrival) {
        return new PresenceSnapshot(
                PAGE,
                List.of(
                        new Viewer(ADA, 2, true, INTRO, true, adasArrival),
                        new Viewer(BEN, 1, false, 1795556475130002L)),
                ADA.id(),
                BEN.id(),
                List.of(new EditedSection(INTRO, BEN.id(), null)),
                2,
                3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"""
        NAMES | {"pagePath":"/docs/a","viewers":[\
        {"id":"u-1","name":"Ada Lovelace","avatar":"https://example.org/ada.png","tabCount":2,"away":true,"section":"intro",\
        "typing":true},{"id":"u-2","name":"Ben","tabCount":1}],"editorUserId":"u-1","requestedByUserId":"u-2",\
        "sections":[{"section":"intro","editorUserId":"u-2"}],"viewerCount":2,"tabCount":3}""", """
        INITIALS | {"pagePath":"/docs/a","level":"initials","viewers":[{"id":"hogz99ebv5","initials":"AL"},\
        {"id":"hogz99ebv6","initials":"B"}],"editorUserId":"hogz99ebv5","isRequested":true,"viewerCount":2}""", """
        COUNT | {"pagePath":"/docs/a","level":"count","viewerCount":2,"isEdited":true,"isRequested":true}""", """
        NONE | {"pagePath":"/docs/a","level":"none"}"""})
    void eachFormOfABusyPageHasTheseBytes(Level level, String bytes) { // A7
        assertEquals(bytes, text(busy(1795556475130001L), level));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"""
        NAMES | {"pagePath":"/docs/a","viewers":[],"viewerCount":0,"tabCount":0}""", """
        INITIALS | {"pagePath":"/docs/a","level":"initials","viewers":[],"viewerCount":0}""", """
        COUNT | {"pagePath":"/docs/a","level":"count","viewerCount":0}""", """
        NONE | {"pagePath":"/docs/a","level":"none"}"""})
    void eachFormOfAnEmptyPageHasTheseBytes(Level level, String bytes) { // A7
        assertEquals(bytes, text(PresenceSnapshot.empty(PAGE), level));
    }

    @Test
    void anEditedSectionMakesAPageEdited() { // A7
        var snapshot = new PresenceSnapshot(
                PAGE,
                List.of(new Viewer(BEN, 1, false, 1)),
                null,
                null,
                List.of(new EditedSection(INTRO, BEN.id(), BEN.id())),
                1,
                1);

        assertEquals(
                "{\"pagePath\":\"/docs/a\",\"level\":\"count\",\"viewerCount\":1,\"isEdited\":true,\"isRequested\":true}",
                text(snapshot, Level.COUNT));
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void equalSnapshotsHaveEqualBytesAndEtagsInEachForm(Level level) { // A7, S1
        var here = encoder.encode(busy(7), level);
        var there = encoder().encode(busy(7), level);

        assertEquals(
                new String(here.bytes(), StandardCharsets.UTF_8), new String(there.bytes(), StandardCharsets.UTF_8));
        assertEquals(here.etag(), there.etag());
    }

    @Test
    void whoComesBackIsNewsForWhoSeesInitialsAndForNobodyElse() { // A7, S2
        var changed = Arrays.stream(Level.values())
                .filter(level -> !encoder.encode(busy(7), level)
                        .etag()
                        .equals(encoder.encode(busy(8), level).etag()))
                .collect(Collectors.toSet());

        assertNotEquals(busy(7), busy(8));
        assertEquals(Set.of(Level.INITIALS), changed);
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void aFormIsMadeOnceAndThoseThatNobodyReadsAreNot(Level level) { // A7, S4
        var snapshot = busy(7);

        assertSame(encoder.encode(snapshot, level), encoder.encode(snapshot, level));

        for (var other : Level.values()) {
            assertEquals(other == level ? 1 : 0, encoder.remembered(other));
        }
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void anEtagIsThatOfTheFormWhetherItWasMadeBeforeOrNot(Level level) {
        var unread = encoder.etag(busy(7), level);

        assertEquals(encoder.encode(busy(7), level).etag(), unread);
    }

    private String text(PresenceSnapshot snapshot, Level level) {
        return new String(encoder.encode(snapshot, level).bytes(), StandardCharsets.UTF_8);
    }
}
