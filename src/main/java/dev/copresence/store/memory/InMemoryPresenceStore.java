package dev.copresence.store.memory;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Incarnation;
import dev.copresence.Lease;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Presence in the memory of this process, for one instance. Every call completes on the calling thread. */
public class InMemoryPresenceStore implements PresenceStore {

    /*
     * One lock, that of this object, guards all state, the entries included, and is held for a microsecond or so: no
     * call waits for anything inside it, and no foreign code runs. Each call first lets everything expire whose deadline
     * lies before its now, so what it then sees is exact; the queues hand the expired over in order, so the cost is that
     * of what expires. Lives and requests end in the order of their times, as if somebody had looked all the while: who
     * gets a lease depends on it. Pages that changed are collected under the lock and announced behind it.
     */

    private static final long REMEMBERED = LEAVE_REMEMBERED.toMillis();

    private static final long RENAME_PACE_MILLIS = RENAME_PACE.toMillis();
    private static final long TYPING_MILLIS = TYPING.toMillis();
    private static final long TYPING_PACE_MILLIS = TYPING_PACE.toMillis();

    private final int maxListed;
    private final int maxTabs;
    private final int maxTabsPerUser;
    private final List<Consumer<PagePath>> listeners = new CopyOnWriteArrayList<>();

    @GuardedBy("this")
    private final Map<PagePath, Page> pages = new HashMap<>();

    @GuardedBy("this")
    private final Map<UserId, Person> people = new HashMap<>();

    /** By length of life: there are only as many as there are kinds of life. */
    @GuardedBy("this")
    private final List<DeadlineQueue> queues = new ArrayList<>();

    @GuardedBy("this")
    private final Leases leases = new Leases();

    /** Who has typed, in order of time; what has been prolonged since, or has ended otherwise, is passed over. */
    @GuardedBy("this")
    private final ArrayDeque<Typing> typing = new ArrayDeque<>();

    @GuardedBy("this")
    private Set<PagePath> news = new LinkedHashSet<>();

    @GuardedBy("this")
    private long newest = Long.MIN_VALUE;

    @GuardedBy("this")
    private int liveTabs;

    @GuardedBy("this")
    private long expired;

    public InMemoryPresenceStore(PresenceConfig config) {
        maxListed = config.maxListed();
        maxTabs = config.limits().tabs();
        maxTabsPerUser = config.limits().tabsPerUser();
    }

    @Override
    public Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now) {
        Uni<HeartbeatAnswer> answer;
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            answer = renew(user, heartbeat, joining, life);
            changed = takeNews();
        }
        announce(changed);
        return answer;
    }

    @GuardedBy("this")
    private Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life) {
        var person = people.get(user.id());
        var tab = person == null ? null : person.find(heartbeat.tab());
        if (tab != null && isLate(tab, heartbeat, joining)) {
            return Uni.createFrom().item(new HeartbeatAnswer(snapshot(heartbeat.page()), null, life));
        }
        var refusal = tab != null && tab.visit != null ? null : refusal(person);
        if (refusal != null) {
            return Uni.createFrom().failure(new LimitExceededException(refusal));
        }
        tab = tab == null ? newTab(user, heartbeat.tab()) : tab;
        vouchFor(tab.person, user);
        place(tab, heartbeat, life.toMillis());
        return Uni.createFrom().item(new HeartbeatAnswer(snapshot(heartbeat.page()), tab.editing(newest), life));
    }

    @Override
    public Uni<Void> leave(User user, Leave leave, Duration grace, Instant now) {
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            var person = people.get(user.id());
            var tab = person == null ? null : person.find(leave.tab());
            if (tab == null) {
                rememberLeaveOfUnknown(user, leave);
            } else if ((tab.visit == null || tab.isOn(leave.page())) && !isOlder(leave.incarnation(), tab)) {
                leave(tab, leave, grace.toMillis());
            }
            changed = takeNews();
        }
        announce(changed);
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<LeaseAnswer> command(User user, LeaseCommand command, Duration lasts, Instant now) {
        Uni<LeaseAnswer> answer;
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            answer = command(user, command, lasts.toMillis());
            changed = takeNews();
        }
        announce(changed);
        return answer;
    }

    @GuardedBy("this")
    private Uni<LeaseAnswer> command(User user, LeaseCommand command, long lasts) {
        var person = people.get(user.id());
        var known = person == null ? null : person.find(command.tab());
        var tab = known != null && known.isOn(command.page()) ? known : null;
        try {
            var loser = command.kind() == LeaseCommand.Kind.TAKE_OVER
                    ? takeOver(tab, command)
                    : answer(tab, command, claimsOf(command.page(), command.section()), lasts);
            return Uni.createFrom()
                    .item(new LeaseAnswer(
                            snapshot(command.page()), requireNonNull(tab).editing(newest), loser));
        } catch (LeaseRefusedException e) {
            return Uni.createFrom().failure(e);
        }
    }

    @Override
    public Uni<Optional<Lease>> lease(PagePath page, @Nullable Section section, Instant now) {
        Optional<Lease> lease;
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            lease = Optional.ofNullable(claimsOf(page, section)).map(ClaimQueue::lease);
            changed = takeNews();
        }
        announce(changed);
        return Uni.createFrom().item(lease);
    }

    @Override
    public Uni<PresenceSnapshot> read(PagePath page, Instant now) {
        PresenceSnapshot snapshot;
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            snapshot = snapshot(page);
            changed = takeNews();
        }
        announce(changed);
        return Uni.createFrom().item(snapshot);
    }

    @Override
    public Uni<Optional<Instant>> lastSeen(UserId user, TabId id, Instant now) {
        Optional<Instant> seen;
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            var person = people.get(user);
            var tab = person == null ? null : person.find(id);
            seen = tab == null || tab.visit == null ? Optional.empty() : Optional.of(Instant.ofEpochMilli(tab.renewed));
            changed = takeNews();
        }
        announce(changed);
        return Uni.createFrom().item(seen);
    }

    @Override
    public Uni<Void> sweep(Instant now) {
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            changed = takeNews();
        }
        announce(changed);
        return Uni.createFrom().voidItem();
    }

    @Override
    public synchronized Uni<Occupancy> occupancy() {
        return Uni.createFrom()
                .item(new Occupancy(pages.size(), liveTabs, leases.held, leases.waiting, expired, leases.transfers()));
    }

    @Override
    public void onChange(Consumer<PagePath> listener) {
        listeners.add(listener);
    }

    /** There is no elsewhere. */
    @Override
    public Watch watch(PagePath page) {
        return () -> {};
    }

    private void announce(Set<PagePath> changed) {
        changed.forEach(page -> listeners.forEach(listener -> listener.accept(page)));
    }

    @GuardedBy("this")
    private Set<PagePath> takeNews() {
        if (news.isEmpty()) {
            return Set.of();
        }
        var taken = news;
        news = new LinkedHashSet<>();
        return taken;
    }

    @GuardedBy("this")
    private void expireBefore(Instant now) {
        newest = Math.max(newest, now.toEpochMilli());
        leases.startAt(newest);
        var tab = firstExpired();
        var request = leases.firstOverdue(newest);
        while (tab != null || request != null) {
            if (tab != null && (request == null || tab.deadline <= request.until)) {
                expire(tab);
            } else {
                handOver(requireNonNull(request));
                leases.overdue++;
            }
            tab = firstExpired();
            request = leases.firstOverdue(newest);
        }
        endTyping();
    }

    @GuardedBy("this")
    private @Nullable TabEntry firstExpired() {
        TabEntry first = null;
        // By index, for no iterator on each call.
        for (var i = 0; i < queues.size(); i++) {
            var tab = queues.get(i).firstExpired(newest);
            if (tab != null && (first == null || tab.deadline < first.deadline)) {
                first = tab;
            }
        }
        return first;
    }

    @GuardedBy("this")
    private void endTyping() {
        for (var oldest = typing.peek(); oldest != null && oldest.until() < newest; oldest = typing.peek()) {
            typing.remove();
            var tab = oldest.tab();
            if (tab.typingUntil() == oldest.until()) {
                tab.typeUntil(0);
                changedIf(requireNonNull(tab.visit).type(false), tab);
            }
        }
    }

    @GuardedBy("this")
    private void expire(TabEntry tab) {
        if (tab.visit == null) {
            forget(tab);
            return;
        }
        if (!tab.leaving) {
            expired++;
        }
        depart(tab, tab.visit);
    }

    /** What keeps a new tab out, or null if there is room for it. */
    @GuardedBy("this")
    private @Nullable Limit refusal(@Nullable Person person) {
        if (person != null && person.liveTabs >= maxTabsPerUser) {
            return Limit.TABS_PER_USER;
        }
        return liveTabs >= maxTabs ? Limit.TABS : null;
    }

    /** Whether the heartbeat is a late one, of an older document or of the one that left the page. */
    @GuardedBy("this")
    private boolean isLate(TabEntry tab, Heartbeat heartbeat, boolean joining) {
        var incarnation = heartbeat.incarnation();
        if (isOlder(incarnation, tab)) {
            return true;
        }
        var sameDocument = incarnation != null && incarnation.value() == tab.incarnation;
        return sameDocument && !joining && tab.hasLeft(heartbeat.page(), newest);
    }

    private static boolean isOlder(@Nullable Incarnation incarnation, TabEntry tab) {
        return incarnation != null && incarnation.value() < tab.incarnation;
    }

    @GuardedBy("this")
    private TabEntry newTab(User user, TabId id) {
        var person = people.computeIfAbsent(user.id(), unknown -> new Person(user));
        var tab = new TabEntry(person, id.mostSignificantBits(), id.leastSignificantBits());
        person.add(tab);
        return tab;
    }

    @GuardedBy("this")
    private void vouchFor(Person person, User stated) {
        if (person.user.covers(stated)) {
            return;
        }
        var user = person.user.with(stated);
        var seen = person.liveTabs > 0 && !user.equals(person.user);
        if (seen && newest < person.renamed + RENAME_PACE_MILLIS) {
            return;
        }
        person.user = user;
        if (seen) {
            person.renamed = newest;
            for (var tab : person.tabs()) {
                if (tab.visit != null) {
                    changed(tab.visit.page);
                }
            }
        }
    }

    @GuardedBy("this")
    private void place(TabEntry tab, Heartbeat heartbeat, long life) {
        if (heartbeat.incarnation() != null && heartbeat.incarnation().value() != tab.incarnation) {
            tab.incarnation = heartbeat.incarnation().value();
            tab.person.forgetLeave(tab);
            tab.lose(null);
        }
        if (tab.left != null && heartbeat.page().equals(tab.left.page())) {
            tab.person.forgetLeave(tab);
        }
        tab.leaving = false;
        if (tab.visit != null && !tab.isOn(heartbeat.page())) {
            vacate(tab, tab.visit);
        }
        if (tab.visit == null) {
            tab.visible = heartbeat.visible();
            occupy(tab, heartbeat.page());
        } else if (tab.visible != heartbeat.visible() && tab.visit.show(tab, heartbeat.visible())) {
            changed(tab.visit.page);
        }
        if (heartbeat.section() != null || heartbeat.editing() != null) {
            goTo(tab, heartbeat.section());
        }
        if (heartbeat.editing() != null) {
            edit(tab, heartbeat.editing());
        }
        if (heartbeat.typing()) {
            type(tab);
        }
        tab.renewed = newest;
        enqueue(tab, newest, life);
    }

    @GuardedBy("this")
    private void goTo(TabEntry tab, @Nullable Section section) {
        if (Objects.equals(tab.section(), section)) {
            return;
        }
        var visit = requireNonNull(tab.visit);
        changedIf(visit.page.unclaim(tab), tab);
        tab.lose(null);
        changedIf(visit.guide(tab, section), tab);
    }

    @GuardedBy("this")
    private void edit(TabEntry tab, boolean editing) {
        var page = requireNonNull(tab.visit).page;
        if (!editing) {
            tab.lose(null);
            changedIf(page.unclaim(tab), tab);
        } else if (tab.lostTo() == null) {
            changedIf(page.claim(tab, leases), tab);
        }
    }

    @GuardedBy("this")
    private void type(TabEntry tab) {
        var until = tab.typingUntil();
        if (until != 0 && newest < until - TYPING_MILLIS + TYPING_PACE_MILLIS) {
            return;
        }
        tab.typeUntil(newest + TYPING_MILLIS);
        typing.add(new Typing(tab, newest + TYPING_MILLIS));
        changedIf(until == 0 && requireNonNull(tab.visit).type(true), tab);
    }

    @GuardedBy("this")
    private @Nullable ClaimQueue claimsOf(PagePath path, @Nullable Section section) {
        var page = pages.get(path);
        return page == null ? null : page.claims(section);
    }

    /** What is said of a lease by who has a claim to it; the user whom it has gone from, if it has. */
    @GuardedBy("this")
    private @Nullable User answer(
            @Nullable TabEntry tab, LeaseCommand command, @Nullable ClaimQueue claims, long lasts) {
        if (tab == null || claims == null || !claims.contains(tab)) {
            throw refused(LeaseRefusedException.Reason.NO_CLAIM, claims, Duration.ZERO);
        }
        if (command.kind() == LeaseCommand.Kind.REQUEST) {
            request(tab, claims, lasts);
            return null;
        }
        if (!claims.holds(tab)) {
            throw refused(LeaseRefusedException.Reason.NOT_EDITOR, claims, Duration.ZERO);
        }
        var request = claims.request();
        if (request == null) {
            throw refused(LeaseRefusedException.Reason.NOT_REQUESTED, claims, Duration.ZERO);
        }
        if (command.kind() == LeaseCommand.Kind.KEEP) {
            claims.keep(newest + lasts - 1);
            changedIf(true, tab);
            return null;
        }
        handOver(request);
        leases.handedOver++;
        return tab.person.user;
    }

    @GuardedBy("this")
    private void request(TabEntry tab, ClaimQueue claims, long lasts) {
        var standing = claims.request();
        if (claims.holds(tab) || standing != null && standing.asker == tab) {
            return;
        }
        if (standing != null) {
            throw refused(LeaseRefusedException.Reason.REQUESTED_BY_OTHER, claims, standing.left(newest));
        }
        if (!claims.keptFor(newest).isZero()) {
            throw refused(LeaseRefusedException.Reason.EDITOR_KEEPS, claims, claims.keptFor(newest));
        }
        claims.ask(tab, newest + lasts - 1);
        changedIf(true, tab);
    }

    @GuardedBy("this")
    private @Nullable User takeOver(@Nullable TabEntry tab, LeaseCommand command) {
        var claims = claimsOf(command.page(), command.section());
        if (tab == null) {
            throw refused(LeaseRefusedException.Reason.NO_CLAIM, claims, Duration.ZERO);
        }
        if (claims != null && claims.holds(tab)) {
            return null;
        }
        goTo(tab, command.section());
        var loser = pass(tab);
        leases.takenOver += loser == null ? 0 : 1;
        return loser;
    }

    @GuardedBy("this")
    private void handOver(LeaseRequest request) {
        pass(request.asker);
    }

    /** Gives the lease of where the tab is to it; the user whom it has gone from, or null if it was free. */
    @GuardedBy("this")
    private @Nullable User pass(TabEntry tab) {
        var page = requireNonNull(tab.visit).page;
        var claims = page.claims(tab.section());
        var loser = claims == null ? null : claims.holder();
        tab.lose(null);
        if (loser != null) {
            loser.lose(tab.person.user);
        }
        changedIf(page.pass(tab, leases), tab);
        return loser == null ? null : loser.person.user;
    }

    private static LeaseRefusedException refused(
            LeaseRefusedException.Reason reason, @Nullable ClaimQueue claims, Duration wait) {
        return new LeaseRefusedException(reason, claims == null ? null : claims.holder().person.user, wait);
    }

    @GuardedBy("this")
    private void occupy(TabEntry tab, PagePath path) {
        var page = pages.computeIfAbsent(path, Page::new);
        page.arrive(tab);
        tab.person.liveTabs++;
        liveTabs++;
        changed(page);
    }

    @GuardedBy("this")
    private void vacate(TabEntry tab, Visit visit) {
        var page = visit.page;
        page.unclaim(tab);
        visit.guide(tab, null);
        if (tab.typingUntil() != 0) {
            visit.type(false);
        }
        tab.doNothing();
        page.depart(tab, visit);
        tab.person.liveTabs--;
        liveTabs--;
        if (page.isEmpty()) {
            pages.remove(page.path);
        }
        changed(page);
    }

    @GuardedBy("this")
    private void leave(TabEntry tab, Leave leave, long grace) {
        if (leave.incarnation() != null) {
            tab.incarnation = leave.incarnation().value();
        }
        if (tab.leaving && grace > 0) {
            return;
        }
        if (!Double.isNaN(tab.incarnation)) {
            rememberLeave(tab, leave.page());
        }
        if (tab.visit == null) {
            enqueue(tab, newest, REMEMBERED);
        } else if (grace == 0) {
            depart(tab, tab.visit);
        } else {
            tab.leaving = true;
            if (newest + grace < tab.deadline) {
                enqueue(tab, newest, grace);
            }
        }
    }

    /** So that a late heartbeat can be told; the oldest of too many is forgotten. */
    @GuardedBy("this")
    private void rememberLeave(TabEntry tab, PagePath page) {
        var oldest = tab.person.rememberLeave(tab, new Departure(page, newest + REMEMBERED), maxTabsPerUser);
        if (oldest != null) {
            oldest.person.forgetLeave(oldest);
            if (oldest.visit == null) {
                forget(oldest);
            }
        }
    }

    /** The heartbeat that the leave has overtaken may be the first that is heard of the tab. */
    @GuardedBy("this")
    private void rememberLeaveOfUnknown(User user, Leave leave) {
        if (leave.incarnation() != null) {
            leave(newTab(user, leave.tab()), leave, 0);
        }
    }

    /** Takes the tab off its page, and keeps what it remembers of a leave. */
    @GuardedBy("this")
    private void depart(TabEntry tab, Visit visit) {
        tab.leaving = false;
        vacate(tab, visit);
        if (tab.left != null && tab.left.until() >= newest) {
            enqueue(tab, tab.left.until() - REMEMBERED, REMEMBERED);
        } else {
            forget(tab);
        }
    }

    @GuardedBy("this")
    private void forget(TabEntry tab) {
        if (tab.queue != null) {
            tab.queue.remove(tab);
        }
        tab.person.remove(tab);
        if (tab.person.tabs().isEmpty()) {
            people.remove(tab.person.user.id());
        }
    }

    @GuardedBy("this")
    private void enqueue(TabEntry tab, long since, long life) {
        if (tab.queue != null) {
            tab.queue.remove(tab);
        }
        queueOf(life).add(tab, since);
    }

    @GuardedBy("this")
    private DeadlineQueue queueOf(long life) {
        for (var queue : queues) {
            if (queue.life == life) {
                return queue;
            }
        }
        var queue = new DeadlineQueue(life);
        queues.add(queue);
        return queue;
    }

    @GuardedBy("this")
    private void changedIf(boolean seen, TabEntry tab) {
        if (seen) {
            changed(requireNonNull(tab.visit).page);
        }
    }

    @GuardedBy("this")
    private void changed(Page page) {
        page.changed();
        news.add(page.path);
    }

    @GuardedBy("this")
    private PresenceSnapshot snapshot(PagePath path) {
        var page = pages.get(path);
        return page == null ? PresenceSnapshot.empty(path) : page.snapshot(maxListed);
    }

    /** A tab in which somebody has typed, and the last ms in which that shows. */
    private record Typing(TabEntry tab, long until) {}
}
