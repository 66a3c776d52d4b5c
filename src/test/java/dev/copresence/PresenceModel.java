package dev.copresence;

import static java.util.stream.Collectors.groupingBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What any store should answer, worked out anew for each question from plain lists: slow, and easy to see right. It has
 * no fences and no announcements; those a test works out from what it sees.
 */
final class PresenceModel {

    private final PresenceConfig config;
    private final List<Tab> tabs = new ArrayList<>();
    private final List<Departure> departures = new ArrayList<>();
    private final Map<Key, Double> incarnations = new HashMap<>();
    private final Map<UserId, User> users = new HashMap<>();
    private long now = Long.MIN_VALUE;
    private long expired;
    private long count;

    PresenceModel(PresenceConfig config) {
        this.config = config;
    }

    record Key(UserId user, TabId tab) {}

    /** A leave that stands against a late heartbeat. */
    private record Departure(Key key, PagePath page, long until) {}

    private static final class Tab {

        final Key key;
        PagePath page;

        /** When its user came to the page, in the order of all such events. */
        long since;

        boolean visible;
        boolean leaving;
        long seen;
        long until;

        /** When it made its claim, in the order of all such events; 0 if it makes none. */
        long claim;

        Tab(Key key, PagePath page) {
            this.key = key;
            this.page = page;
        }
    }

    /** Time never goes back. */
    void moveTo(Instant instant) {
        now = Math.max(now, instant.toEpochMilli());
        expired += tabs.stream().filter(tab -> tab.until < now && !tab.leaving).count();
        tabs.removeIf(tab -> tab.until < now);
        departures.removeIf(departure -> departure.until < now);
        incarnations
                .keySet()
                .removeIf(key -> find(key).isEmpty() && departure(key).isEmpty());
    }

    /** False if there is no room for the tab. */
    boolean renew(User user, Heartbeat heartbeat, boolean joining, Duration life) {
        var key = new Key(user.id(), heartbeat.tab());
        if (isLate(key, heartbeat, joining)) {
            return true;
        }
        if (find(key).isEmpty() && isFull(user.id())) {
            return false;
        }
        users.put(user.id(), user);
        if (heartbeat.incarnation() != null) {
            var newest = heartbeat.incarnation().value();
            var before = incarnations.put(key, newest);
            departures.removeIf(departure -> departure.key.equals(key) && before != null && before != newest);
        }
        departures.removeIf(departure -> departure.key.equals(key) && departure.page.equals(heartbeat.page()));
        var tab =
                find(key).filter(known -> known.page.equals(heartbeat.page())).orElseGet(() -> arrive(key, heartbeat));
        tab.visible = heartbeat.visible();
        tab.leaving = false;
        tab.seen = now;
        tab.until = now + life.toMillis();
        if (heartbeat.editing() != null) {
            tab.claim = !heartbeat.editing() ? 0 : tab.claim != 0 ? tab.claim : ++count;
        }
        return true;
    }

    void leave(User user, Leave leave, Duration grace) {
        var key = new Key(user.id(), leave.tab());
        var tab = find(key);
        var isElsewhere = tab.isPresent() && !tab.get().page.equals(leave.page());
        var isUnheardOf =
                tab.isEmpty() && leave.incarnation() == null && departure(key).isEmpty();
        if (isElsewhere || isUnheardOf || isOlder(key, leave.incarnation())) {
            return;
        }
        if (leave.incarnation() != null) {
            incarnations.put(key, leave.incarnation().value());
        }
        if (tab.isPresent() && tab.get().leaving && !grace.isZero()) {
            return;
        }
        departures.removeIf(departure -> departure.key.equals(key));
        if (incarnations.containsKey(key)) {
            departures.add(new Departure(key, leave.page(), now + PresenceStore.LEAVE_REMEMBERED.toMillis()));
        }
        if (grace.isZero()) {
            tab.ifPresent(tabs::remove);
        } else if (tab.isPresent()) {
            tab.get().leaving = true;
            tab.get().until = Math.min(tab.get().until, now + grace.toMillis());
        }
    }

    PresenceSnapshot snapshot(PagePath page) {
        var byUser = tabsOn(page)
                .sorted(Comparator.comparing(tab -> tab.since))
                .collect(groupingBy(tab -> tab.key.user, LinkedHashMap::new, groupingBy(tab -> tab.visible)));
        var viewers = byUser.entrySet().stream()
                .map(entry -> viewer(entry.getKey(), entry.getValue()))
                .toList();
        var editor = claims(page).stream().findFirst().map(tab -> tab.key.user).orElse(null);
        return new PresenceSnapshot(page, listed(viewers, editor), editor, viewers.size(), (int)
                tabsOn(page).count());
    }

    /** How the tab's claim stands; the fence of a holder is the order in which it made its claim. */
    @Nullable
    Editing editing(User user, TabId id) {
        var tab = find(new Key(user.id(), id)).filter(known -> known.claim != 0).orElse(null);
        if (tab == null) {
            return null;
        }
        var claims = claims(tab.page);
        var position = claims.indexOf(tab);
        return position == 0 ? new Editing.Granted(tab.claim) : new Editing.Waiting(claims.get(0).key.user, position);
    }

    boolean isLate(User user, Heartbeat heartbeat, boolean joining) {
        return isLate(new Key(user.id(), heartbeat.tab()), heartbeat, joining);
    }

    /** When a live tab was last renewed. */
    Optional<Instant> lastSeen(User user, TabId id) {
        return find(new Key(user.id(), id)).map(tab -> Instant.ofEpochMilli(tab.seen));
    }

    Occupancy occupancy() {
        return new Occupancy(tabs.stream().map(tab -> tab.page).distinct().count(), tabs.size(), expired);
    }

    /** The last milliseconds of all that will end by itself. */
    long[] borders() {
        return LongStream.concat(
                        tabs.stream().mapToLong(tab -> tab.until),
                        departures.stream().mapToLong(departure -> departure.until))
                .toArray();
    }

    private boolean isLate(Key key, Heartbeat heartbeat, boolean joining) {
        if (isOlder(key, heartbeat.incarnation())) {
            return true;
        }
        return !joining
                && heartbeat.incarnation() != null
                && incarnations.getOrDefault(key, Double.NaN)
                        == heartbeat.incarnation().value()
                && departure(key)
                        .filter(left -> left.page.equals(heartbeat.page()))
                        .isPresent();
    }

    private boolean isOlder(Key key, @Nullable Incarnation incarnation) {
        return incarnation != null && incarnation.value() < incarnations.getOrDefault(key, Double.NaN);
    }

    private boolean isFull(UserId user) {
        var mine = tabs.stream().filter(tab -> tab.key.user.equals(user)).count();
        return mine >= config.limits().tabsPerUser()
                || tabs.size() >= config.limits().tabs();
    }

    private Tab arrive(Key key, Heartbeat heartbeat) {
        tabs.removeIf(tab -> tab.key.equals(key));
        var tab = new Tab(key, heartbeat.page());
        tab.since = tabsOn(tab.page)
                .filter(other -> other.key.user.equals(key.user))
                .findFirst()
                .map(other -> other.since)
                .orElseGet(() -> ++count);
        tabs.add(tab);
        return tab;
    }

    private Viewer viewer(UserId user, Map<Boolean, List<Tab>> byVisibility) {
        var tabCount = byVisibility.values().stream().mapToInt(List::size).sum();
        return new Viewer(users.get(user), tabCount, !byVisibility.containsKey(true));
    }

    private List<Viewer> listed(List<Viewer> viewers, @Nullable UserId editor) {
        var max = config.maxListed();
        if (viewers.size() <= max) {
            return viewers;
        }
        var first = viewers.subList(0, max);
        if (editor == null
                || first.stream().anyMatch(viewer -> viewer.user().id().equals(editor))) {
            return first;
        }
        var last = viewers.stream().filter(viewer -> viewer.user().id().equals(editor));
        return Stream.concat(viewers.subList(0, max - 1).stream(), last).toList();
    }

    private List<Tab> claims(PagePath page) {
        return tabsOn(page)
                .filter(tab -> tab.claim != 0)
                .sorted(Comparator.comparing(tab -> tab.claim))
                .toList();
    }

    private Stream<Tab> tabsOn(PagePath page) {
        return tabs.stream().filter(tab -> tab.page.equals(page));
    }

    private Optional<Tab> find(Key key) {
        return tabs.stream().filter(tab -> tab.key.equals(key)).findFirst();
    }

    private Optional<Departure> departure(Key key) {
        return departures.stream()
                .filter(departure -> departure.key.equals(key))
                .findFirst();
    }
}
