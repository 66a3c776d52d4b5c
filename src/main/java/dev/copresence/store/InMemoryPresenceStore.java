package dev.copresence.store;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.copresence.Beat;
import dev.copresence.Heartbeat;
import dev.copresence.Incarnation;
import dev.copresence.Leave;
import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.TabId;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
     * of what expires. Pages that changed are collected under the lock and announced behind it.
     */

    private static final long REMEMBERED = LEAVE_REMEMBERED.toMillis();

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
    private final Fences fences = new Fences();

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
    public Uni<Beat> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now) {
        Uni<Beat> answer;
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
    private Uni<Beat> renew(User user, Heartbeat heartbeat, boolean joining, Duration life) {
        var person = people.get(user.id());
        var tab = person == null ? null : person.find(heartbeat.tab());
        if (tab != null && isLate(tab, heartbeat, joining)) {
            return Uni.createFrom().item(new Beat(snapshot(heartbeat.page()), null, life));
        }
        var refusal = tab != null && tab.visit != null ? null : refusal(person);
        if (refusal != null) {
            return Uni.createFrom().failure(new LimitExceededException(refusal));
        }
        tab = tab == null ? newTab(user, heartbeat.tab()) : tab;
        vouchFor(tab.person, user);
        place(tab, heartbeat, life.toMillis());
        return Uni.createFrom().item(new Beat(snapshot(heartbeat.page()), tab.editing(), life));
    }

    @Override
    public Uni<Void> leave(User user, Leave leave, Duration grace, Instant now) {
        Set<PagePath> changed;
        synchronized (this) {
            expireBefore(now);
            var person = people.get(user.id());
            var tab = person == null ? null : person.find(leave.tab());
            if (tab == null) {
                rememberLeaveOfUnknown(user, person, leave);
            } else if ((tab.visit == null || tab.isOn(leave.page())) && !isOlder(leave.incarnation(), tab)) {
                leave(tab, leave, grace.toMillis());
            }
            changed = takeNews();
        }
        announce(changed);
        return Uni.createFrom().voidItem();
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
        return Uni.createFrom().item(new Occupancy(pages.size(), liveTabs, expired));
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
        fences.startAt(newest);
        // By index: remembering a leave may add a queue.
        for (var i = 0; i < queues.size(); i++) {
            var queue = queues.get(i);
            for (var tab = queue.firstExpired(newest); tab != null; tab = queue.firstExpired(newest)) {
                expire(tab);
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
        person.tabs.add(tab);
        return tab;
    }

    @GuardedBy("this")
    private void vouchFor(Person person, User user) {
        if (person.user.equals(user)) {
            return;
        }
        person.user = user;
        for (var tab : person.tabs) {
            if (tab.visit != null) {
                changed(tab.visit.page);
            }
        }
    }

    @GuardedBy("this")
    private void place(TabEntry tab, Heartbeat heartbeat, long life) {
        if (heartbeat.incarnation() != null && heartbeat.incarnation().value() != tab.incarnation) {
            tab.incarnation = heartbeat.incarnation().value();
            tab.left = null;
        }
        if (heartbeat.page().equals(tab.left)) {
            tab.left = null;
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
        if (heartbeat.editing() != null) {
            edit(tab, heartbeat.editing());
        }
        tab.renewed = newest;
        enqueue(tab, newest, life);
    }

    @GuardedBy("this")
    private void edit(TabEntry tab, boolean editing) {
        var page = requireNonNull(tab.visit).page;
        if (editing ? page.claim(tab, fences) : page.unclaim(tab, fences)) {
            changed(page);
        }
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
        page.unclaim(tab, fences);
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
        tab.left = leave.page();
        tab.leftUntil = newest + REMEMBERED;
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

    /** The heartbeat that the leave has overtaken may be the first that is heard of the tab. */
    @GuardedBy("this")
    private void rememberLeaveOfUnknown(User user, @Nullable Person person, Leave leave) {
        if (leave.incarnation() == null || person != null && person.tabs.size() >= maxTabsPerUser) {
            return;
        }
        leave(newTab(user, leave.tab()), leave, 0);
    }

    /** Takes the tab off its page, and keeps what it remembers of a leave if a late heartbeat could be told. */
    @GuardedBy("this")
    private void depart(TabEntry tab, Visit visit) {
        tab.leaving = false;
        vacate(tab, visit);
        if (tab.left != null && tab.leftUntil >= newest && !Double.isNaN(tab.incarnation)) {
            enqueue(tab, tab.leftUntil - REMEMBERED, REMEMBERED);
        } else {
            forget(tab);
        }
    }

    @GuardedBy("this")
    private void forget(TabEntry tab) {
        if (tab.queue != null) {
            tab.queue.remove(tab);
        }
        tab.person.tabs.remove(tab);
        if (tab.person.tabs.isEmpty()) {
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
    private void changed(Page page) {
        page.changed();
        news.add(page.path);
    }

    @GuardedBy("this")
    private PresenceSnapshot snapshot(PagePath path) {
        var page = pages.get(path);
        return page == null ? PresenceSnapshot.empty(path) : page.snapshot(maxListed);
    }
}
