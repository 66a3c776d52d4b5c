package dev.copresence.store.contract;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.Incarnation;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
    private final List<RememberedLeave> rememberedLeaves = new ArrayList<>();
    private final Map<Key, Double> incarnations = new HashMap<>();
    private final Map<UserId, User> users = new HashMap<>();
    private final Map<UserId, Long> renamed = new HashMap<>();
    private final List<Asked> asked = new ArrayList<>();
    private final List<Kept> kept = new ArrayList<>();

    /** Which of a user's steps from section to section on a page was the last. */
    private final Map<Stay, Long> lastStep = new HashMap<>();

    /**
     * The pages on which a lease went between unlisted tabs of one user since somebody has cleared this: one face came and one
     * went, and both may look the same.
     */
    final Set<PagePath> swappedOn = new HashSet<>();

    private long now = Long.MIN_VALUE;
    private long expired;
    private long handedOver;
    private long overdue;
    private long takenOver;

    /** How often holder and taker have ended in the same ms, so that no rule says whether it was taken over before. */
    private long perhapsTaken;

    private long count;

    /** The number of the next who gets a lease before their turn; it goes down, since they stand before all others. */
    private long turn;

    PresenceModel(PresenceConfig config) {
        this.config = config;
    }

    record Key(UserId user, TabId tab) {}

    /** A leave, against which a late heartbeat does not stand. */
    private record RememberedLeave(Key key, PagePath page, long until) {}

    private record Stay(UserId user, PagePath page) {}

    /** A page or a section, which has a lease of its own. */
    private record Place(PagePath page, @Nullable Section section) {}

    /** A request, while both claims stand as they did; firm if it is a take-over. */
    private record Asked(Place place, long holder, long asker, boolean firm, long until) {}

    /** A refusal, while the holder is the same. */
    private record Kept(Place place, long holder, long until) {}

    private static final class Tab {

        final Key key;
        PagePath page;

        /** When others first saw its user on the page, in the order of all such events; 0 if they do not see the tab. */
        long since;

        boolean unlisted;

        boolean visible;
        boolean leaving;
        long seen;
        long until;

        /** When it made its claim, in the order of all such events, or less if it got the lease; 0 if it makes none. */
        long claim;

        @Nullable
        Section section;

        /** When it went there, in the order of all such events. */
        long step;

        @Nullable
        User lostTo;

        long typed = Long.MIN_VALUE / 2;

        Tab(Key key, PagePath page) {
            this.key = key;
            this.page = page;
        }

        void acknowledgeLoss() {
            lostTo = null;
        }
    }

    /** Time never goes back. */
    void moveTo(Instant instant) {
        now = Math.max(now, instant.toEpochMilli());
        for (var next = nextEnd(); next < now; next = nextEnd()) {
            end(next);
        }
        rememberedLeaves.removeIf(left -> left.until < now);
        incarnations
                .keySet()
                .removeIf(key -> find(key).isEmpty() && rememberedLeave(key).isEmpty());
    }

    private long nextEnd() {
        return LongStream.concat(
                        tabs.stream().mapToLong(tab -> tab.until),
                        standing().stream().mapToLong(Asked::until))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Ends what ends with that ms: lives first, then requests. */
    private void end(long until) {
        expired +=
                tabs.stream().filter(tab -> tab.until == until && !tab.leaving).count();
        var ending = tabs.stream().filter(tab -> tab.until == until).toList();
        for (var tab : ending) {
            var before = takenOver;
            var taker = endClaim(tab);
            tabs.remove(tab);
            if (taker != null && ending.contains(taker)) {
                takenOver = before;
                perhapsTaken++;
            }
        }
        for (var request : standing()) {
            if (request.until == until) {
                pass(request.place, byClaim(request.asker));
                overdue += request.firm ? 0 : 1;
                takenOver += request.firm ? 1 : 0;
            }
        }
    }

    /** What was the claim's is whoever's who takes it over, which is answered, or null if nobody does. */
    private @Nullable Tab endClaim(Tab tab) {
        var place = new Place(tab.page, tab.section);
        var taker = standing(place)
                .filter(request -> request.firm && request.holder == tab.claim)
                .map(request -> byClaim(request.asker))
                .orElse(null);
        tab.claim = 0;
        if (taker != null) {
            taker.claim = --turn;
            takenOver++;
        }
        return taker;
    }

    private List<Asked> standing() {
        asked.removeIf(request -> {
            var claims = claims(request.place);
            return claims.isEmpty()
                    || claims.get(0).claim != request.holder
                    || claims.stream().noneMatch(tab -> tab.claim == request.asker);
        });
        return List.copyOf(asked);
    }

    private Optional<Asked> standing(Place place) {
        return standing().stream()
                .filter(request -> request.place.equals(place))
                .findFirst();
    }

    private Duration keptFor(Place place) {
        var holder = claims(place).get(0).claim;
        return kept.stream()
                .filter(refusal -> refusal.place.equals(place) && refusal.holder == holder && refusal.until >= now)
                .findFirst()
                .map(refusal -> Duration.ofMillis(refusal.until - now + 1))
                .orElse(Duration.ZERO);
    }

    private void pass(Place place, Tab tab) {
        claims(place).stream().findFirst().ifPresent(holder -> {
            if (holder.unlisted && tab.unlisted && holder.key.user.equals(tab.key.user)) {
                swappedOn.add(place.page);
            }
            holder.claim = 0;
            holder.lostTo = users.get(tab.key.user);
        });
        tab.claim = --turn;
        tab.acknowledgeLoss();
        showOrNot(tab);
        tabsOn(place.page).forEach(this::showOrNot);
    }

    /** The user who has lost the lease by it; fails as the store does. */
    @Nullable
    User command(User user, LeaseCommand command, Duration lasts) {
        var place = new Place(command.page(), command.section());
        var tab = find(new Key(user.id(), command.tab()))
                .filter(known -> known.page.equals(command.page()))
                .orElse(null);
        var claims = claims(place);
        var takes = command.kind() == LeaseCommand.Kind.TAKE_OVER;
        if (tab == null || !takes && !claims.contains(tab)) {
            throw refused(LeaseRefusedException.Reason.NO_CLAIM, place, Duration.ZERO);
        }
        var holds = !claims.isEmpty() && claims.get(0) == tab;
        var request = standing(place).orElse(null);
        if (takes) {
            if (holds) {
                return null;
            }
            if (request != null && request.firm && !lasts.isZero()) {
                if (request.asker == tab.claim) {
                    return null;
                }
                var left = Duration.ofMillis(request.until - now + 1);
                throw refused(LeaseRefusedException.Reason.REQUESTED_BY_OTHER, place, left);
            }
            goToSection(tab, command.section());
            if (claims.isEmpty() || lasts.isZero()) {
                var loser = claims.isEmpty() ? null : users.get(claims.get(0).key.user);
                pass(place, tab);
                takenOver += loser == null ? 0 : 1;
                return loser;
            }
            tab.acknowledgeLoss();
            if (tab.claim == 0) {
                tab.claim = ++count;
            }
            showOrNot(tab);
            asked.remove(request);
            kept.removeIf(refusal -> refusal.place.equals(place));
            asked.add(new Asked(place, claims.get(0).claim, tab.claim, true, now + lasts.toMillis() - 1));
            return null;
        }
        if (command.kind() == LeaseCommand.Kind.REQUEST) {
            if (holds || request != null && request.asker == tab.claim) {
                return null;
            }
            if (request != null) {
                var left = Duration.ofMillis(request.until - now + 1);
                throw refused(LeaseRefusedException.Reason.REQUESTED_BY_OTHER, place, left);
            }
            if (!keptFor(place).isZero()) {
                throw refused(LeaseRefusedException.Reason.EDITOR_KEEPS, place, keptFor(place));
            }
            asked.add(new Asked(place, claims.get(0).claim, tab.claim, false, now + lasts.toMillis() - 1));
            return null;
        }
        if (!holds) {
            throw refused(LeaseRefusedException.Reason.NOT_EDITOR, place, Duration.ZERO);
        }
        if (request == null) {
            throw refused(LeaseRefusedException.Reason.NOT_REQUESTED, place, Duration.ZERO);
        }
        if (command.kind() == LeaseCommand.Kind.KEEP) {
            if (request.firm) {
                throw refused(LeaseRefusedException.Reason.MUST_YIELD, place, Duration.ZERO);
            }
            asked.remove(request);
            kept.add(new Kept(place, tab.claim, now + lasts.toMillis() - 1));
            return null;
        }
        pass(place, byClaim(request.asker));
        handedOver += request.firm ? 0 : 1;
        takenOver += request.firm ? 1 : 0;
        return users.get(user.id());
    }

    private LeaseRefusedException refused(LeaseRefusedException.Reason reason, Place place, Duration wait) {
        return new LeaseRefusedException(reason, holder(place.page, place.section), wait);
    }

    /** The user who holds the lease there, or null. */
    @Nullable
    User holder(PagePath page, @Nullable Section section) {
        return claims(new Place(page, section)).stream()
                .findFirst()
                .map(tab -> users.get(tab.key.user))
                .orElse(null);
    }

    /** A tab of which it makes sense to say something about a lease. */
    record Caller(
            User user, TabId tab, PagePath page, @Nullable Section section) {}

    /** Those who can do such a call. */
    List<Caller> callers(LeaseCommand.Kind kind) {
        return tabs.stream()
                .filter(tab -> {
                    var place = new Place(tab.page, tab.section);
                    return switch (kind) {
                        case REQUEST -> tab.claim != 0 && claims(place).get(0) != tab;
                        case HAND_OVER, KEEP ->
                            tab.claim != 0
                                    && claims(place).get(0) == tab
                                    && standing(place).isPresent();
                        case TAKE_OVER -> true;
                    };
                })
                .map(tab -> new Caller(users.get(tab.key.user), tab.key.tab, tab.page, tab.section))
                .toList();
    }

    /** The section where a tab is, or null for the page as a whole. */
    @Nullable
    Section sectionOf(User user, TabId id) {
        return find(new Key(user.id(), id)).map(tab -> tab.section).orElse(null);
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
        var shown = users.getOrDefault(user.id(), user);
        users.merge(user.id(), user, User::with);
        if (!shown.equals(users.get(user.id()))) {
            renamed.put(user.id(), now);
        }
        if (heartbeat.incarnation() != null) {
            var newest = heartbeat.incarnation().value();
            var before = incarnations.put(key, newest);
            if (before == null || before != newest) {
                find(key).ifPresent(Tab::acknowledgeLoss);
            }
            rememberedLeaves.removeIf(left -> left.key.equals(key) && before != null && before != newest);
        }
        rememberedLeaves.removeIf(left -> left.key.equals(key) && left.page.equals(heartbeat.page()));
        var tab =
                find(key).filter(known -> known.page.equals(heartbeat.page())).orElseGet(() -> arrive(key, heartbeat));
        tab.visible = heartbeat.visible();
        tab.unlisted = !heartbeat.listed();
        tab.leaving = false;
        tab.seen = now;
        tab.until = now + life.toMillis();
        if (heartbeat.editing() != null || heartbeat.section() != null) {
            goToSection(tab, heartbeat.section());
        }
        if (Boolean.FALSE.equals(heartbeat.editing())) {
            endClaim(tab);
            tab.acknowledgeLoss();
        } else if (heartbeat.editing() != null && tab.lostTo == null && tab.claim == 0) {
            tab.claim = ++count;
        }
        showOrNot(tab);
        if (heartbeat.typing() && tab.since != 0 && now >= tab.typed + PresenceStore.TYPING_PACE.toMillis()) {
            tab.typed = now;
        }
        return true;
    }

    private void goToSection(Tab tab, @Nullable Section section) {
        if (Objects.equals(tab.section, section)) {
            return;
        }
        endClaim(tab);
        tab.section = section;
        tab.acknowledgeLoss();
        tab.step = ++count;
        if (section != null && tab.since != 0) {
            lastStep.put(new Stay(tab.key.user, tab.page), tab.step);
        }
    }

    /** Others see a tab unless it is unlisted and makes no claim. Where it is counts from when they do. */
    private void showOrNot(Tab tab) {
        var shown = !tab.unlisted || tab.claim != 0;
        if (!shown) {
            tab.since = 0;
            tab.typed = Long.MIN_VALUE / 2;
        } else if (tab.since == 0) {
            tab.since = shownOn(tab.page)
                    .filter(other -> other.key.user.equals(tab.key.user))
                    .findFirst()
                    .map(other -> other.since)
                    .orElseGet(() -> ++count);
            if (tab.section != null) {
                tab.step = ++count;
                lastStep.put(new Stay(tab.key.user, tab.page), tab.step);
            }
        }
    }

    void leave(User user, Leave leave, Duration grace) {
        var key = new Key(user.id(), leave.tab());
        var tab = find(key);
        var isElsewhere = tab.isPresent() && !tab.get().page.equals(leave.page());
        var isUnheardOf = tab.isEmpty()
                && leave.incarnation() == null
                && rememberedLeave(key).isEmpty();
        if (isElsewhere || isUnheardOf || isOlder(key, leave.incarnation())) {
            return;
        }
        if (leave.incarnation() != null) {
            incarnations.put(key, leave.incarnation().value());
        }
        if (tab.isPresent() && tab.get().leaving && !grace.isZero()) {
            return;
        }
        rememberedLeaves.removeIf(left -> left.key.equals(key));
        if (incarnations.containsKey(key)) {
            rememberedLeaves.add(
                    new RememberedLeave(key, leave.page(), now + PresenceStore.LEAVE_REMEMBERED.toMillis()));
            forgetTheOldestOfTooMany(user.id());
        }
        if (grace.isZero()) {
            tab.ifPresent(this::endClaim);
            tab.ifPresent(tabs::remove);
        } else if (tab.isPresent()) {
            tab.get().leaving = true;
            tab.get().until = Math.min(tab.get().until, now + grace.toMillis());
        }
    }

    private void forgetTheOldestOfTooMany(UserId user) {
        var own = rememberedLeaves.stream()
                .filter(left -> left.key.user.equals(user))
                .toList();
        if (own.size() > config.limits().tabsPerUser()) {
            rememberedLeaves.remove(own.get(0));
        }
    }

    PresenceSnapshot snapshot(PagePath page) {
        var byUser = shownOn(page)
                .sorted(Comparator.comparing(tab -> tab.since))
                .collect(groupingBy(tab -> tab.key.user, LinkedHashMap::new, toList()));
        var viewers = byUser.entrySet().stream()
                .map(entry -> viewer(entry.getKey(), page, entry.getValue()))
                .toList();
        var editor = editor(new Place(page, null));
        var sections = tabsOn(page)
                .filter(tab -> tab.claim != 0 && tab.section != null)
                .map(tab -> tab.section)
                .distinct()
                .sorted()
                .limit(config.maxListed())
                .map(section -> edited(new Place(page, section), section))
                .toList();
        return new PresenceSnapshot(
                page, listed(viewers, editor), editor, asker(new Place(page, null)), sections, viewers.size(), (int)
                        shownOn(page).count());
    }

    private EditedSection edited(Place place, Section section) {
        return new EditedSection(section, Objects.requireNonNull(editor(place)), asker(place));
    }

    private @Nullable UserId editor(Place place) {
        return claims(place).stream().findFirst().map(tab -> tab.key.user).orElse(null);
    }

    private @Nullable UserId asker(Place place) {
        return standing(place).map(request -> byClaim(request.asker).key.user).orElse(null);
    }

    /** The state of the tab's claim, or null; the fence of a holder is a number of its own for each time that a lease is held. */
    @Nullable
    Editing editing(User user, TabId id) {
        var tab = find(new Key(user.id(), id)).orElse(null);
        if (tab == null) {
            return null;
        }
        var place = new Place(tab.page, tab.section);
        if (tab.lostTo != null) {
            return new Editing.Lost(tab.lostTo, editor(place));
        }
        var claims = claims(place);
        var position = claims.indexOf(tab);
        if (position < 0) {
            return null;
        }
        var standing = standing(place).orElse(null);
        var request = standing == null
                ? null
                : new Editing.Request(
                        users.get(byClaim(standing.asker).key.user),
                        Duration.ofMillis(standing.until - now + 1),
                        standing.firm);
        if (position == 0) {
            return new Editing.Granted(tab.claim, tab.section, request);
        }
        var takes = standing != null && standing.firm && standing.asker == tab.claim;
        return new Editing.Waiting(claims.get(0).key.user, takes ? 0 : position, request, keptFor(place));
    }

    /** True if others see the user as said there, and another name would show at once. */
    boolean mayBeRenamed(User newest) {
        var pace = PresenceStore.RENAME_PACE.toMillis();
        return newest.equals(users.get(newest.id()))
                && now >= renamed.getOrDefault(newest.id(), Long.MIN_VALUE / 2) + pace;
    }

    boolean isPresent(UserId user) {
        return tabs.stream().anyMatch(tab -> tab.key.user.equals(user));
    }

    boolean isLate(User user, Heartbeat heartbeat, boolean joining) {
        return isLate(new Key(user.id(), heartbeat.tab()), heartbeat, joining);
    }

    /** When a live tab was last renewed. */
    Optional<Instant> lastSeen(User user, TabId id) {
        return find(new Key(user.id(), id)).map(tab -> Instant.ofEpochMilli(tab.seen));
    }

    /** What the store holds, if it has counted so many take-overs. */
    Occupancy occupancy(long counted) {
        takenOver = Math.max(takenOver, Math.min(counted, takenOver + perhapsTaken));
        perhapsTaken = 0;
        return occupancy();
    }

    Occupancy occupancy() {
        var leases = claimed().distinct().count();
        return new Occupancy(
                tabs.stream().map(tab -> tab.page).distinct().count(),
                tabs.size(),
                leases,
                claimed().count() - leases,
                expired,
                new Occupancy.Transfers(handedOver, overdue, takenOver));
    }

    /** The last milliseconds of all that will end by itself. */
    long[] borders() {
        return Stream.of(
                        tabs.stream().map(tab -> tab.until),
                        rememberedLeaves.stream().map(RememberedLeave::until),
                        standing().stream().map(Asked::until),
                        kept.stream().map(Kept::until).filter(until -> until >= now),
                        tabs.stream().filter(this::isTyping).map(tab -> tab.typed + PresenceStore.TYPING.toMillis()))
                .flatMap(ends -> ends)
                .mapToLong(end -> end)
                .toArray();
    }

    private boolean isTyping(Tab tab) {
        return tab.typed + PresenceStore.TYPING.toMillis() >= now;
    }

    private boolean isLate(Key key, Heartbeat heartbeat, boolean joining) {
        if (isOlder(key, heartbeat.incarnation())) {
            return true;
        }
        return !joining
                && heartbeat.incarnation() != null
                && incarnations.getOrDefault(key, Double.NaN)
                        == heartbeat.incarnation().value()
                && (rememberedLeave(key)
                                .filter(left -> left.page.equals(heartbeat.page()))
                                .isPresent()
                        || find(key)
                                .filter(tab -> tab.leaving && tab.page.equals(heartbeat.page()))
                                .isPresent());
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
        find(key).ifPresent(elsewhere -> {
            endClaim(elsewhere);
            tabs.remove(elsewhere);
        });
        var tab = new Tab(key, heartbeat.page());
        tabs.add(tab);
        return tab;
    }

    private Viewer viewer(UserId user, PagePath page, List<Tab> here) {
        var last = lastStep.get(new Stay(user, page));
        var section = here.stream()
                .filter(tab -> tab.section != null && last != null && tab.step == last)
                .findFirst()
                .map(tab -> tab.section)
                .orElse(null);
        var away = here.stream().noneMatch(tab -> tab.visible);
        return new Viewer(
                users.get(user), here.size(), away, section, here.stream().anyMatch(this::isTyping), here.get(0).since);
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

    private List<Tab> claims(Place place) {
        return tabsOn(place.page)
                .filter(tab -> tab.claim != 0 && Objects.equals(tab.section, place.section))
                .sorted(Comparator.comparing(tab -> tab.claim))
                .toList();
    }

    private Tab byClaim(long claim) {
        return tabs.stream().filter(tab -> tab.claim == claim).findFirst().orElseThrow();
    }

    /** The place of each claim. */
    private Stream<Place> claimed() {
        return tabs.stream().filter(tab -> tab.claim != 0).map(tab -> new Place(tab.page, tab.section));
    }

    private Stream<Tab> tabsOn(PagePath page) {
        return tabs.stream().filter(tab -> tab.page.equals(page));
    }

    private Stream<Tab> shownOn(PagePath page) {
        return tabsOn(page).filter(tab -> tab.since != 0);
    }

    private Optional<Tab> find(Key key) {
        return tabs.stream().filter(tab -> tab.key.equals(key)).findFirst();
    }

    private Optional<RememberedLeave> rememberedLeave(Key key) {
        return rememberedLeaves.stream().filter(left -> left.key.equals(key)).findFirst();
    }
}
