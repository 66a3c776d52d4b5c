package dev.copresence.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.copresence.Editing;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Lease;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseRefusedException;
import dev.copresence.ManualClock;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.TakenOver;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/** The ground of the contract: a store in which nobody is, a clock that tests move, and words to say what tabs do. */
public interface StoreFixture {

    PagePath PAGE = new PagePath("/docs/a");
    PagePath OTHER = new PagePath("/docs/b");
    User ANA = new User(new UserId("u-ana"), "Ana", "https://pictures.example/ana.png");
    User BEN = new User(new UserId("u-ben"), "Ben", null);
    User CAI = new User(new UserId("u-cai"), "Cai", null);
    Duration LIFE = Duration.ofSeconds(45);
    Duration AWAY_LIFE = Duration.ofSeconds(150);
    Duration GRACE = Duration.ofSeconds(3);
    Duration ANSWER = Duration.ofSeconds(60);
    Duration KEEP = Duration.ofMinutes(2);
    Duration YIELD = Duration.ofSeconds(5);
    Duration MILLISECOND = Duration.ofMillis(1);
    Section INTRO = new Section("intro");
    Section NOTES = new Section("notes");

    /** The time of all calls. */
    ManualClock clock();

    /** The store under test. */
    PresenceStore store();

    /** Begins anew, with an empty store of that configuration. */
    void startWith(PresenceConfig config);

    /** The pages that are announced because of {@code calls}. */
    Set<PagePath> newsOf(Runnable calls);

    /** The take-overs that gave time and are done because of {@code calls}. */
    List<TakenOver> takeOversIn(Runnable calls);

    /** A new tab, visible, of no document in particular, which no call has named yet. */
    Tab tabOf(User user);

    /** The number of a new credential, which is newer than all before; it counts as the second in which it was issued. */
    long nextCredential();

    default PresenceSnapshot read(PagePath page) {
        return answerOf(store().read(page, clock().instant()));
    }

    default List<String> viewersOf(PagePath page) {
        return names(read(page));
    }

    /** A snapshot with 1, 2, 3 … for the arrivals of the viewers, which each store numbers as it likes. */
    default PresenceSnapshot ranked(PresenceSnapshot snapshot) {
        var arrivals = snapshot.viewers().stream().map(Viewer::arrival).sorted().toList();
        return numbered(snapshot, viewer -> arrivals.indexOf(viewer.arrival()) + 1L);
    }

    /** A snapshot with other numbers for the arrivals of the viewers. */
    static PresenceSnapshot numbered(PresenceSnapshot snapshot, ToLongFunction<Viewer> arrival) {
        var viewers = snapshot.viewers().stream()
                .map(viewer -> new Viewer(
                        viewer.user(),
                        viewer.tabCount(),
                        viewer.away(),
                        viewer.section(),
                        viewer.typing(),
                        arrival.applyAsLong(viewer)))
                .toList();
        return new PresenceSnapshot(
                snapshot.page(),
                viewers,
                snapshot.editor(),
                snapshot.requestedBy(),
                snapshot.sections(),
                snapshot.viewerCount(),
                snapshot.tabCount());
    }

    /** The number of a user's arrival on a page where they are. */
    default long arrivalOf(PagePath page, User user) {
        return read(page).viewers().stream()
                .filter(viewer -> viewer.user().id().equals(user.id()))
                .findFirst()
                .orElseThrow()
                .arrival();
    }

    default Occupancy occupancy() {
        return answerOf(store().occupancy());
    }

    default void sweep() {
        answerOf(store().sweep(clock().instant()));
    }

    default Optional<Lease> leaseOf(PagePath page, @Nullable Section section) {
        return answerOf(store().lease(page, section, clock().instant()));
    }

    /** A user as a credential states it that was issued at that second. */
    default User said(UserId id, String name, @Nullable String avatar, long issued) {
        return User.stated(id, List.of(name), avatar, Instant.ofEpochSecond(issued));
    }

    /** Has a tab hold the page's lease and give it to another that asks. */
    default LeaseAnswer handOver(Tab from, Tab to) {
        from.claims(PAGE);
        to.claims(PAGE);
        to.requests(PAGE);
        return from.handsOver(PAGE);
    }

    /** Tabs of so many users, all on the page. */
    default List<Tab> crowdOf(int size) {
        var crowd = IntStream.range(0, size)
                .mapToObj(i -> tabOf(new User(new UserId("u-" + i), Integer.toString(i), null)))
                .toList();
        crowd.forEach(tab -> tab.joins(PAGE));
        return crowd;
    }

    default List<String> names(PresenceSnapshot snapshot) {
        return snapshot.viewers().stream().map(viewer -> viewer.user().name()).toList();
    }

    default long fenceOf(HeartbeatAnswer beat) {
        return fenceOf(beat.editing());
    }

    default long fenceOf(@Nullable Editing editing) {
        return assertInstanceOf(Editing.Granted.class, editing).fence();
    }

    default void assertRefused(
            LeaseRefusedException.Reason reason, @Nullable User editor, Duration wait, Executable call) {
        var refusal = assertThrows(LeaseRefusedException.class, call);
        assertEquals(reason, refusal.reason());
        assertEquals(editor, refusal.editor());
        assertEquals(wait, refusal.waiting());
    }

    default <T> T answerOf(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(10));
    }
}
