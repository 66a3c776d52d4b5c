package dev.copresence.store.contract;

import static dev.copresence.store.contract.StoreFixture.ANSWER;
import static dev.copresence.store.contract.StoreFixture.AWAY_LIFE;
import static dev.copresence.store.contract.StoreFixture.GRACE;
import static dev.copresence.store.contract.StoreFixture.INTRO;
import static dev.copresence.store.contract.StoreFixture.KEEP;
import static dev.copresence.store.contract.StoreFixture.LIFE;
import static dev.copresence.store.contract.StoreFixture.MILLISECOND;
import static dev.copresence.store.contract.StoreFixture.NOTES;
import static dev.copresence.store.contract.StoreFixture.OTHER;
import static dev.copresence.store.contract.StoreFixture.PAGE;
import static dev.copresence.store.contract.StoreFixture.YIELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.Incarnation;
import dev.copresence.Lease;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.LimitExceededException;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A random walk of few users with few tabs on few pages, so that they meet; time often stands still, or hits a border. */
final class RandomWalk {

    private static final List<PagePath> PAGES = List.of(PAGE, OTHER, new PagePath("/docs/c"));
    private static final List<Optional<Section>> SECTIONS =
            List.of(Optional.empty(), Optional.of(INTRO), Optional.of(NOTES));
    private static final List<User> USERS = IntStream.range(0, 4)
            .mapToObj(i -> User.stated(new UserId("u-" + i), List.of("User " + i), null, Instant.ofEpochSecond(1)))
            .toList();

    private final PresenceStoreContract contract;
    private final Random random;

    /** Nearly all stay where they are and want to edit, so that leases go from hand to hand. */
    private final boolean struggling;

    private final PresenceModel model;
    private final Map<Long, Long> fences = new HashMap<>();
    private final Map<List<Object>, Long> highestFence = new HashMap<>();
    private final Map<Long, Long> arrivals = new HashMap<>();
    private final Set<PagePath> owed = new HashSet<>();
    private final Map<UserId, User> newestOf = new HashMap<>();
    private final Map<UserId, Long> issuedAt = new HashMap<>();
    private Map<PagePath, PresenceSnapshot> before;
    private boolean isNewTime;

    RandomWalk(PresenceStoreContract contract, long number, boolean struggling) {
        this.contract = contract;
        random = new Random(number);
        this.struggling = struggling;
        var maxListed = 2 + random.nextInt(3);
        var tabsPerUser = random.nextInt(3) == 0 ? 2 : 100;
        var config = TestConfig.with(Map.of(
                "copresence.max-listed", Integer.toString(maxListed),
                "copresence.limits.tabs", "9",
                "copresence.limits.tabs-per-user", Integer.toString(tabsPerUser)));
        contract.startWith(config);
        model = new PresenceModel(config);
        before = snapshots();
    }

    void step(int number) {
        var pause = pause();
        isNewTime = !pause.isZero();
        model.swappedOn.clear();
        contract.clock().advance(pause);
        model.moveTo(contract.clock().instant());
        var expired = snapshots();
        owed.addAll(differences(before, expired));
        var news = contract.newsOf(() -> act("step " + number));
        var after = snapshots();
        var changed = differences(expired, after);
        owed.addAll(changed);
        assertTrue(news.containsAll(changed), () -> "step " + number + ": " + changed + " is news, not " + news);
        news.stream().filter(page -> !mayLookTheSame(page)).forEach(page -> {
            assertTrue(owed.contains(page), () -> "step " + number + ": " + page + " is no news");
        });
        owed.removeAll(news);
        before = after;
        check(number);
    }

    /** All that is to be seen, and now and then what the sweep leaves. */
    private void check(int number) {
        var news = contract.newsOf(() -> {
            for (var page : PAGES) {
                checkSnapshot(before.get(page), contract.read(page), "step " + number + ", " + page);
            }
            if (random.nextInt(10) == 0) {
                contract.sweep();
                var occupancy = contract.occupancy();
                assertEquals(model.occupancy(occupancy.transfers().takenOver()), occupancy, () -> "step " + number);
                contract.settle();
                owed.removeAll(contract.heard());
                assertEquals(Set.of(), owed, () -> "step " + number + ": not announced");
            }
        });
        owed.removeAll(news);
    }

    private void act(String step) {
        var user = USERS.get(random.nextInt(USERS.size()));
        var tab = new TabId(7, random.nextInt(3));
        var page = page();
        var incarnation =
                (random.nextInt(struggling ? 8 : 3) == 0) == struggling ? new Incarnation(random.nextInt(3)) : null;
        switch (random.nextInt(15) + (struggling ? 3 : 0)) {
            case 0, 1 -> leave(user, new Leave(tab, page, false, incarnation), Duration.ZERO);
            case 2, 3 -> leave(user, new Leave(tab, page, true, incarnation), GRACE);
            case 4 -> checkSeen(user, tab, step);
            case 5 -> checkLease(page, section(), step);
            case 6, 7, 8, 9 -> call(step);
            default -> {
                var visible = random.nextInt(3) > (struggling ? 1 : 0);
                var typing = random.nextInt(4) == 0;
                var listed = random.nextInt(4) > 0;
                renew(user, new Heartbeat(tab, page, wish(), section(), typing, visible, listed, incarnation), step);
            }
        }
    }

    private PagePath page() {
        return struggling && random.nextInt(10) > 0 ? PAGE : PAGES.get(random.nextInt(PAGES.size()));
    }

    private @Nullable Section section() {
        return (random.nextInt(struggling ? 8 : 2) == 0) == struggling
                ? SECTIONS.get(random.nextInt(SECTIONS.size())).orElse(null)
                : null;
    }

    /** Mostly from a tab of which that makes sense. */
    private void call(String step) {
        var kind = LeaseCommand.Kind.values()[random.nextInt(9) % 5 % 4];
        var callers = model.callers(kind);
        if (callers.isEmpty() || random.nextInt(4) == 0) {
            var user = USERS.get(random.nextInt(USERS.size()));
            call(user, new LeaseCommand(kind, new TabId(7, random.nextInt(3)), page(), section()), step);
        } else {
            var caller = callers.get(random.nextInt(callers.size()));
            call(caller.user(), new LeaseCommand(kind, caller.tab(), caller.page(), caller.section()), step);
        }
    }

    private void call(User user, LeaseCommand command, String step) {
        var lasts = switch (command.kind()) {
            case KEEP -> KEEP;
            case TAKE_OVER -> random.nextInt(3) == 0 ? Duration.ZERO : YIELD;
            case REQUEST, HAND_OVER -> ANSWER;
        };
        var answer = contract.store().command(user, command, lasts, sometimesLate());
        User loser;
        try {
            loser = model.command(user, command, lasts);
        } catch (LeaseRefusedException expected) {
            contract.assertRefused(
                    expected.reason(), expected.editor(), expected.waiting(), () -> contract.answerOf(answer));
            return;
        }
        var turn = contract.answerOf(answer);
        assertEquals(loser, turn.loser(), step);
        checkSnapshot(model.snapshot(command.page()), turn.snapshot(), step);
        checkEditing(command.page(), command.section(), model.editing(user, command.tab()), turn.editing(), step);
    }

    private void checkLease(PagePath page, @Nullable Section section, String step) {
        var expected = Optional.ofNullable(model.holder(page, section));
        assertEquals(expected, contract.leaseOf(page, section).map(Lease::holder), step);
    }

    void checkThatLeasesWentAllWays() {
        var turns = model.occupancy().transfers();
        assertTrue(turns.handedOver() * turns.overdue() * turns.takenOver() > 0, turns::toString);
    }

    private @Nullable Boolean wish() {
        return switch (random.nextInt(struggling ? 10 : 4)) {
            case 0 -> null;
            case 1 -> false;
            default -> true;
        };
    }

    private void renew(User known, Heartbeat heartbeat, String step) {
        var user = as(known);
        var joining = random.nextBoolean();
        var life = heartbeat.visible() ? LIFE : AWAY_LIFE;
        var late = model.isLate(user, heartbeat, joining);
        var answer = contract.store().renew(user, heartbeat, joining, life, sometimesLate());
        if (!model.renew(user, heartbeat, joining, life)) {
            assertThrows(LimitExceededException.class, () -> contract.answerOf(answer), step);
            return;
        }
        var beat = contract.answerOf(answer);
        checkSnapshot(model.snapshot(heartbeat.page()), beat.snapshot(), step);
        if (!late) {
            var section = model.sectionOf(user, heartbeat.tab());
            checkEditing(heartbeat.page(), section, model.editing(user, heartbeat.tab()), beat.editing(), step);
        }
    }

    /** The user by one of their credentials: mostly the newest, which may just have been issued, and now and then an old one. */
    private User as(User known) {
        var newest = newestOf.getOrDefault(known.id(), known);
        if (model.isPresent(known.id()) && random.nextInt(10) == 0) {
            var older = random.nextInt(issuedAt.getOrDefault(known.id(), 1L).intValue());
            return contract.said(known.id(), random.nextInt(2) == 0 || older < 2 ? "" : "Old", null, older);
        }
        if (random.nextInt(20) > 0) {
            return newest;
        }
        var name = random.nextBoolean() && model.mayBeRenamed(newest)
                ? known.name() + " " + random.nextInt(3)
                : newest.name();
        var issued = contract.nextCredential();
        var user = contract.said(known.id(), name, null, issued);
        newestOf.put(known.id(), user);
        issuedAt.put(known.id(), issued);
        return user;
    }

    private void leave(User user, Leave leave, Duration grace) {
        contract.answerOf(contract.store().leave(user, leave, grace, sometimesLate()));
        model.leave(user, leave, grace);
    }

    private void checkSeen(User user, TabId tab, String step) {
        assertEquals(
                model.lastSeen(user, tab),
                contract.answerOf(contract.store()
                        .lastSeen(user.id(), tab, contract.clock().instant())),
                step);
    }

    /** The number of an arrival stays with a viewer for as long as others see them, and is higher than those before it. */
    private void checkSnapshot(PresenceSnapshot expected, PresenceSnapshot actual, String step) {
        assertEquals(StoreFixture.numbered(expected, one -> 0), StoreFixture.numbered(actual, one -> 0), step);
        var highest = 0L;
        for (var i = 0; i < expected.viewers().size(); i++) {
            var arrival = actual.viewers().get(i).arrival();
            var known = arrivals.putIfAbsent(expected.viewers().get(i).arrival(), arrival);
            assertTrue(known == null || known == arrival, () -> step + ": " + arrival + ", and not " + known);
            assertTrue(highest < arrival, step);
            highest = arrival;
        }
    }

    /** The fence stays with a claim and is higher than those of all holders before it. */
    private void checkEditing(
            PagePath page,
            @Nullable Section section,
            @Nullable Editing expected,
            @Nullable Editing actual,
            String step) {
        if (!(expected instanceof Editing.Granted holding)) {
            assertEquals(expected, actual, step);
            return;
        }
        var granted = assertInstanceOf(Editing.Granted.class, actual, step);
        assertEquals(holding.request(), granted.request(), step);
        assertEquals(holding.section(), granted.section(), step);
        var fence = granted.fence();
        var known = fences.putIfAbsent(holding.fence(), fence);
        if (known != null) {
            assertEquals(known, fence, step);
            return;
        }
        var highest = highestFence.put(List.of(page, Optional.ofNullable(section)), fence);
        assertTrue(highest == null || highest < fence, () -> step + ": " + fence + " after " + highest);
    }

    private Duration pause() {
        var now = contract.clock().instant().toEpochMilli();
        var borders = model.borders();
        return switch (random.nextInt(struggling ? 60 : 12)) {
            case 0 -> MILLISECOND;
            case 1, 2 -> Duration.ofMillis(random.nextInt(5000));
            case 3, 4, 5 -> {
                var border = borders.length == 0 ? now : borders[random.nextInt(borders.length)];
                yield Duration.ofMillis(border - now + random.nextInt(2));
            }
            case 6 -> random.nextInt(10) == 0 ? Duration.ofMinutes(10) : Duration.ZERO;
            default -> Duration.ZERO;
        };
    }

    /** A time that counts as the present one, which the store has seen already if this is an older one. */
    private Instant sometimesLate() {
        return isNewTime || random.nextInt(5) > 0
                ? contract.clock().instant()
                : contract.clock().instant().minusMillis(random.nextInt(5000));
    }

    /** Says whether a change need not be seen: it may be of somebody who is not listed, or between two who look the same. */
    private boolean mayLookTheSame(PagePath page) {
        var snapshot = model.snapshot(page);
        return snapshot.viewerCount() > snapshot.viewers().size() || model.swappedOn.contains(page);
    }

    private Map<PagePath, PresenceSnapshot> snapshots() {
        var snapshots = new LinkedHashMap<PagePath, PresenceSnapshot>();
        PAGES.forEach(page -> snapshots.put(page, model.snapshot(page)));
        return snapshots;
    }

    private static Set<PagePath> differences(
            Map<PagePath, PresenceSnapshot> some, Map<PagePath, PresenceSnapshot> others) {
        var different = new HashSet<PagePath>();
        some.forEach((page, snapshot) -> {
            if (!snapshot.equals(others.get(page))) {
                different.add(page);
            }
        });
        return different;
    }
}
