package dev.copresence.store.memory;

import static java.util.Objects.requireNonNull;

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
import dev.copresence.TakenOver;
import dev.copresence.User;
import dev.copresence.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rules of presence on plain maps: which tabs live, where they are, and what follows when they come, act and go. */
final class LiveTabs {

    /*
     * Not for two threads at once: InMemoryPresenceStore holds its lock around each step. A step begins with moveTo, which
     * lets everything end whose last millisecond lies before the new time, so what the step then sees is exact. Lives and
     * requests end in the order of their times, as if somebody had looked all the while: who gets a lease depends on it.
     * All moments are milliseconds since 1970, and "until" is the last of them.
     */

    private static final long LEAVE_REMEMBERED_MILLIS = PresenceStore.LEAVE_REMEMBERED.toMillis();
    private static final long TYPING_MILLIS = PresenceStore.TYPING.toMillis();
    private static final long TYPING_PACE_MILLIS = PresenceStore.TYPING_PACE.toMillis();

    private final int maxListed;
    private final int maxTabs;
    private final int maxTabsPerUser;

    private final Map<PagePath, Page> pages = new HashMap<>();

    /** The same pages by path, in order. It is not asked for pages, since that would take longer with each that there is. */
    private final TreeMap<String, PagePath> paths = new TreeMap<>();

    private final Map<UserId, UserEntry> users = new HashMap<>();
    private final Deadlines deadlines = new Deadlines();
    private final Leases leases = new Leases();
    private final LeaseCommands commands = new LeaseCommands(leases);
    private final Tickets arrivals = new Tickets();
    private final News news = new News();

    /** The tabs in which somebody has typed, in the order of time. One that was prolonged since, or is gone, is passed over. */
    private final ArrayDeque<Typing> typing = new ArrayDeque<>();

    private long now = Long.MIN_VALUE;
    private int liveTabs;
    private long expired;

    LiveTabs(PresenceConfig config) {
        maxListed = config.maxListed();
        maxTabs = config.limits().tabs();
        maxTabsPerUser = config.limits().tabsPerUser();
    }

    /** Lets time go on to {@code instant}, and ends all that ends before; an older time than the present one is ignored. */
    void moveTo(Instant instant) {
        now = Math.max(now, instant.toEpochMilli());
        leases.startAt(now);
        arrivals.startAt(now);
        var tab = deadlines.firstExpired(now);
        var request = leases.firstOverdue(now);
        while (tab != null || request != null) {
            if (tab != null && (request == null || tab.deadline <= request.until())) {
                expire(tab);
            } else {
                leases.overdue += requireNonNull(request).firm() ? 0 : 1;
                request.claims().pass(request.asker());
            }
            tab = deadlines.firstExpired(now);
            request = leases.firstOverdue(now);
        }
        endTyping();
    }

    /** Brings a tab to its page, or keeps it there; throws {@link LimitExceededException} if there is no room for it. */
    HeartbeatAnswer renew(User user, Heartbeat heartbeat, boolean joining, Duration life) {
        var known = users.get(user.id());
        var tab = known == null ? null : known.find(heartbeat.tab());
        if (tab != null && isLate(tab, heartbeat, joining)) {
            return new HeartbeatAnswer(snapshot(heartbeat.page()), null, life);
        }
        if (tab == null || tab.viewer == null) {
            refuseIfFull(known);
        }
        tab = tab == null ? newTab(user, heartbeat.tab()) : tab;
        tab.user.update(user, now);
        place(tab, heartbeat);
        act(tab, heartbeat);
        tab.renewed = now;
        deadlines.put(tab, now, life.toMillis());
        return new HeartbeatAnswer(snapshot(heartbeat.page()), tab.editing(now), life);
    }

    /** Ends a tab's presence on the page that it leaves, at once or after the grace. */
    void leave(User user, Leave leave, Duration grace) {
        var tab = find(user.id(), leave.tab());
        if (tab == null) {
            leaveUnknown(user, leave);
        } else if ((tab.viewer == null || tab.isOn(leave.page())) && !isOlder(leave.incarnation(), tab)) {
            leave(tab, leave, grace.toMillis());
        }
    }

    /** Does what a tab says about a lease; throws {@link LeaseRefusedException} if it cannot be done. */
    LeaseAnswer command(User user, LeaseCommand command, Duration lasts) {
        var known = find(user.id(), command.tab());
        var tab = known != null && known.isOn(command.page()) ? known : null;
        var loser = commands.carryOut(command, tab, claims(command.page(), command.section()), now, lasts.toMillis());
        return new LeaseAnswer(snapshot(command.page()), requireNonNull(tab).editing(now), loser);
    }

    /** The lease of a page, or of a section of it if one is given; empty if nobody holds it. */
    Optional<Lease> lease(PagePath page, @Nullable Section section) {
        return Optional.ofNullable(claims(page, section)).map(Claims::lease);
    }

    /** The page as others see it. */
    PresenceSnapshot snapshot(PagePath path) {
        var page = pages.get(path);
        return page == null ? PresenceSnapshot.empty(path) : page.snapshot(maxListed);
    }

    /** The time of a tab's last renewal; empty if it does not live. */
    Optional<Instant> lastSeen(UserId user, TabId id) {
        var tab = find(user, id);
        return tab == null || tab.viewer == null ? Optional.empty() : Optional.of(Instant.ofEpochMilli(tab.renewed));
    }

    /** The numbers of all pages together. */
    Occupancy occupancy() {
        return new Occupancy(pages.size(), liveTabs, leases.held, leases.waiting, expired, leases.transfers());
    }

    /** The pages whose paths go on behind {@code prefix} with a slash, in the order of their paths, the first of them. */
    List<PagePath> pagesUnder(PagePath prefix, int most) {
        var start = prefix.value().equals("/") ? "/" : prefix.value() + "/";
        var end = start.substring(0, start.length() - 1) + (char) ('/' + 1);
        return paths.subMap(start, false, end, false).values().stream()
                .limit(most)
                .toList();
    }

    /** The pages that have changed since this was asked last. */
    Set<PagePath> takeNews() {
        return news.take();
    }

    /** The take-overs that were done since this was asked last, but those that were done at once. */
    List<TakenOver> takeTakeOvers() {
        return leases.takeTaken();
    }

    private @Nullable TabEntry find(UserId user, TabId id) {
        var known = users.get(user);
        return known == null ? null : known.find(id);
    }

    private @Nullable Claims claims(PagePath path, @Nullable Section section) {
        var page = pages.get(path);
        return page == null ? null : page.claims(section);
    }

    private void refuseIfFull(@Nullable UserEntry user) {
        if (user != null && user.liveTabs >= maxTabsPerUser) {
            throw new LimitExceededException(Limit.TABS_PER_USER);
        }
        if (liveTabs >= maxTabs) {
            throw new LimitExceededException(Limit.TABS);
        }
    }

    /** Says whether a heartbeat comes too late: from an older document of the tab, or from the one that left the page. */
    private boolean isLate(TabEntry tab, Heartbeat heartbeat, boolean joining) {
        var incarnation = heartbeat.incarnation();
        if (isOlder(incarnation, tab)) {
            return true;
        }
        var sameDocument = incarnation != null && incarnation.value() == tab.incarnation;
        return sameDocument && !joining && tab.hasLeft(heartbeat.page(), now);
    }

    private static boolean isOlder(@Nullable Incarnation incarnation, TabEntry tab) {
        return incarnation != null && incarnation.value() < tab.incarnation;
    }

    private TabEntry newTab(User user, TabId id) {
        var owner = users.computeIfAbsent(user.id(), unknown -> new UserEntry(user));
        var tab = new TabEntry(owner, id.mostSignificantBits(), id.leastSignificantBits());
        owner.add(tab);
        return tab;
    }

    /** Has the tab be on the page of its heartbeat, and nowhere else, whatever it was about to leave. */
    private void place(TabEntry tab, Heartbeat heartbeat) {
        var incarnation = heartbeat.incarnation();
        if (incarnation != null && incarnation.value() != tab.incarnation) {
            tab.incarnation = incarnation.value();
            tab.user.forgetLeave(tab);
            tab.acknowledgeLoss();
        }
        if (tab.lastLeave != null && heartbeat.page().equals(tab.lastLeave.page())) {
            tab.user.forgetLeave(tab);
        }
        tab.leaving = false;
        if (tab.viewer != null && !tab.isOn(heartbeat.page())) {
            depart(tab);
        }
        if (tab.viewer == null) {
            arrive(tab, heartbeat);
        } else {
            tab.viewer.show(tab, heartbeat.visible());
            tab.unlisted = !heartbeat.listed();
        }
    }

    /** Does on its page what a tab's heartbeat says. */
    private void act(TabEntry tab, Heartbeat heartbeat) {
        var page = tab.page();
        var editing = heartbeat.editing();
        if (heartbeat.section() != null || editing != null) {
            page.goToSection(tab, heartbeat.section());
        }
        if (editing != null && editing && tab.lostTo == null) {
            page.claim(tab);
        } else if (editing != null && !editing) {
            tab.acknowledgeLoss();
            page.unclaim(tab);
        }
        page.showOrNot(tab);
        if (heartbeat.typing() && tab.shown) {
            type(tab);
        }
    }

    private void type(TabEntry tab) {
        if (tab.typingUntil == 0) {
            requireNonNull(tab.viewer).startTyping();
        } else if (now < tab.typingUntil - TYPING_MILLIS + TYPING_PACE_MILLIS) {
            return;
        }
        tab.typingUntil = now + TYPING_MILLIS;
        typing.add(new Typing(tab, tab.typingUntil));
    }

    private void endTyping() {
        for (var oldest = typing.peek(); oldest != null && oldest.until() < now; oldest = typing.peek()) {
            typing.remove();
            var tab = oldest.tab();
            if (tab.typingUntil == oldest.until()) {
                tab.typingUntil = 0;
                requireNonNull(tab.viewer).stopTyping();
            }
        }
    }

    private void leave(TabEntry tab, Leave leave, long graceMillis) {
        if (leave.incarnation() != null) {
            tab.incarnation = leave.incarnation().value();
        }
        if (tab.leaving && graceMillis > 0) {
            return;
        }
        if (!Double.isNaN(tab.incarnation)) {
            rememberLeave(tab, leave.page());
        }
        if (tab.viewer == null) {
            deadlines.put(tab, now, LEAVE_REMEMBERED_MILLIS);
        } else if (graceMillis == 0) {
            end(tab);
        } else {
            tab.leaving = true;
            if (now + graceMillis < tab.deadline) {
                deadlines.put(tab, now, graceMillis);
            }
        }
    }

    /** Remembers the leave of a tab that is not known: the heartbeat that it has overtaken may be the tab's first. */
    private void leaveUnknown(User user, Leave leave) {
        if (leave.incarnation() != null) {
            leave(newTab(user, leave.tab()), leave, 0);
        }
    }

    /** Remembers a leave, by which a late heartbeat is told; the oldest of too many is forgotten. */
    private void rememberLeave(TabEntry tab, PagePath page) {
        var leave = new TabEntry.RememberedLeave(page, now + LEAVE_REMEMBERED_MILLIS);
        var oldest = tab.user.rememberLeave(tab, leave, maxTabsPerUser);
        if (oldest != null) {
            oldest.user.forgetLeave(oldest);
            if (oldest.viewer == null) {
                forget(oldest);
            }
        }
    }

    private void expire(TabEntry tab) {
        if (tab.viewer == null) {
            forget(tab);
            return;
        }
        if (!tab.leaving) {
            expired++;
        }
        end(tab);
    }

    /** Ends a tab's life; while a leave of it is remembered, that alone is kept. */
    private void end(TabEntry tab) {
        tab.leaving = false;
        depart(tab);
        if (tab.lastLeave != null && tab.lastLeave.until() >= now) {
            deadlines.put(tab, tab.lastLeave.until() - LEAVE_REMEMBERED_MILLIS, LEAVE_REMEMBERED_MILLIS);
        } else {
            forget(tab);
        }
    }

    private void forget(TabEntry tab) {
        deadlines.remove(tab);
        tab.user.remove(tab);
        if (tab.user.tabs().isEmpty()) {
            users.remove(tab.user.id());
        }
    }

    private void arrive(TabEntry tab, Heartbeat heartbeat) {
        var page = pages.computeIfAbsent(heartbeat.page(), this::newPage);
        tab.visible = heartbeat.visible();
        tab.unlisted = !heartbeat.listed();
        page.addTab(tab);
        tab.user.liveTabs++;
        liveTabs++;
    }

    private Page newPage(PagePath path) {
        paths.put(path.value(), path);
        return new Page(path, leases, arrivals, news);
    }

    private void depart(TabEntry tab) {
        var page = tab.page();
        page.removeTab(tab);
        tab.user.liveTabs--;
        liveTabs--;
        if (page.isEmpty()) {
            pages.remove(page.path);
            paths.remove(page.path.value());
        }
    }

    /** A tab in which somebody has typed, and the last millisecond in which that shows. */
    private record Typing(TabEntry tab, long until) {}
}
