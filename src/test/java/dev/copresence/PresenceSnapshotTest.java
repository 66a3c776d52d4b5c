package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PresenceSnapshotTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final Viewer ANA = new Viewer(new User(new UserId("ana"), "Ana", null), 2, false, 1);
    private static final Viewer BO = new Viewer(new User(new UserId("bo"), "Bo", null), 1, false, 2);

    @Test
    void nobodyIsOnAnEmptyPage() {
        var snapshot = PresenceSnapshot.empty(PAGE);

        assertEquals(new PresenceSnapshot(PAGE, List.of(), null, 0, 0), snapshot);
        assertNull(snapshot.editor());
    }

    @Test
    void snapshotsOfTheSameAreNoNews() {
        var snapshot = new PresenceSnapshot(PAGE, List.of(ANA, BO), new UserId("ana"), 2, 3);

        var again = new PresenceSnapshot(
                new PagePath("/docs/a/"), new ArrayList<>(List.of(ANA, BO)), new UserId("ana"), 2, 3);

        assertEquals(snapshot, again);
        assertEquals(snapshot.hashCode(), again.hashCode());
    }

    static Stream<Arguments> changes() {
        var away = new Viewer(ANA.user(), 2, true, 1);
        var renamed = new Viewer(new User(new UserId("ana"), "Anna", null), 2, false, 1);
        var back = new Viewer(ANA.user(), 2, false, 3);
        var editor = new UserId("ana");
        return Stream.of(
                arguments("another page", new PresenceSnapshot(new PagePath("/b"), List.of(ANA, BO), editor, 2, 3)),
                arguments("another order", new PresenceSnapshot(PAGE, List.of(BO, ANA), editor, 2, 3)),
                arguments("somebody away", new PresenceSnapshot(PAGE, List.of(away, BO), editor, 2, 3)),
                arguments(
                        "somebody who was away and is back",
                        new PresenceSnapshot(PAGE, List.of(back, BO), editor, 2, 3)),
                arguments("a new name", new PresenceSnapshot(PAGE, List.of(renamed, BO), editor, 2, 3)),
                arguments("one fewer listed", new PresenceSnapshot(PAGE, List.of(ANA), editor, 2, 3)),
                arguments("no editor", new PresenceSnapshot(PAGE, List.of(ANA, BO), null, 2, 3)),
                arguments("another editor", new PresenceSnapshot(PAGE, List.of(ANA, BO), new UserId("bo"), 2, 3)),
                arguments("one viewer more", new PresenceSnapshot(PAGE, List.of(ANA, BO), editor, 3, 3)),
                arguments("one tab more", new PresenceSnapshot(PAGE, List.of(ANA, BO), editor, 2, 4)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void whatOthersSeeDifferentlyIsNews(String change, PresenceSnapshot changed) {
        var snapshot = new PresenceSnapshot(PAGE, List.of(ANA, BO), new UserId("ana"), 2, 3);

        assertNotEquals(snapshot, changed, change);
    }

    @Test
    void aSnapshotKeepsWhatItWasGiven() {
        var viewers = new ArrayList<>(List.of(ANA));
        var snapshot = new PresenceSnapshot(PAGE, viewers, null, 1, 2);

        viewers.add(BO);

        assertEquals(List.of(ANA), snapshot.viewers());
        assertThrows(
                UnsupportedOperationException.class, () -> snapshot.viewers().add(BO));
    }

    @Test
    void aPageMayHaveMoreViewersThanItLists() {
        var snapshot = new PresenceSnapshot(PAGE, List.of(ANA), null, 500, 700);

        assertEquals(500, snapshot.viewerCount());
        assertEquals(700, snapshot.tabCount());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,2", "1,0", "-1,-1", "2,1"})
    void countsThatCannotBeAreABug(int viewerCount, int tabCount) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new PresenceSnapshot(PAGE, List.of(ANA), null, viewerCount, tabCount));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aViewerHasATab(int tabCount) {
        assertThrows(IllegalArgumentException.class, () -> new Viewer(ANA.user(), tabCount, false, 1));
    }
}
