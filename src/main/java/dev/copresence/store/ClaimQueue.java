package dev.copresence.store;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.Section;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The claims to edit a page or a section of it, the oldest first: that one holds the lease. What changes it says whether
 * others see another editor or asker than before.
 */
final class ClaimQueue {

    private final ArrayList<TabEntry> claims = new ArrayList<>(1);
    private final Leases leases;

    /** Of the holder. */
    private long fence;

    /** Who waits for the holder's answer, one of the other claims; null for nobody. */
    private @Nullable TabEntry asker;

    /** The last ms for that answer. */
    private long answerUntil;

    /** The last ms in which the holder is not asked again. */
    private long keptUntil = Long.MIN_VALUE;

    ClaimQueue(Leases leases) {
        this.leases = leases;
    }

    boolean isEmpty() {
        return claims.isEmpty();
    }

    /** How many claims stand before the tab's; -1 if it makes none. */
    int position(TabEntry tab) {
        return claims.indexOf(tab);
    }

    /** Never null in a queue that a page has. */
    @Nullable
    TabEntry holder() {
        return claims.isEmpty() ? null : claims.get(0);
    }

    @Nullable
    Lease lease() {
        return claims.isEmpty() ? null : new Lease(claims.get(0).person.user, fence);
    }

    @Nullable
    TabEntry asker() {
        return asker;
    }

    /** How long from now on the holder is not asked; zero if it may be. */
    Duration keptFor(long now) {
        return keptUntil < now ? Duration.ZERO : Duration.ofMillis(keptUntil - now + 1);
    }

    /** How the tab's claim stands, or null if it makes none. */
    @Nullable
    Editing editing(TabEntry tab, long now) {
        var position = claims.indexOf(tab);
        if (position < 0) {
            return null;
        }
        var request = asker == null
                ? null
                : new Editing.Request(asker.person.user, Duration.ofMillis(answerUntil - now + 1));
        return position == 0
                ? new Editing.Granted(fence, request)
                : new Editing.Waiting(claims.get(0).person.user.id(), position, request, keptFor(now));
    }

    EditedSection shownAs(Section section) {
        var by = asker == null ? null : asker.person.user.id();
        return new EditedSection(section, claims.get(0).person.user.id(), by);
    }

    boolean add(TabEntry tab) {
        if (claims.contains(tab)) {
            return false;
        }
        claims.add(tab);
        if (claims.size() > 1) {
            leases.waiting++;
            return false;
        }
        leases.held++;
        newHolder();
        return true;
    }

    boolean remove(TabEntry tab) {
        var position = claims.indexOf(tab);
        if (position < 0) {
            return false;
        }
        var asked = asker;
        claims.remove(position);
        if (tab == asker) {
            asker = null;
        }
        if (claims.isEmpty()) {
            leases.held--;
            return true;
        }
        leases.waiting--;
        if (position == 0) {
            newHolder();
        }
        return position == 0 && claims.get(0).person != tab.person || asked != asker;
    }

    /** Puts the tab, which makes a claim, before all others. */
    boolean promote(TabEntry tab) {
        var last = claims.get(0);
        if (last == tab) {
            return false;
        }
        var hadAsker = asker != null;
        claims.remove(tab);
        claims.add(0, tab);
        newHolder();
        return last.person != tab.person || hadAsker;
    }

    /** The tab, which waits, asks the holder, who has until {@code until} to answer. */
    void ask(TabEntry tab, long until) {
        asker = tab;
        answerUntil = until;
    }

    /** The holder has refused the request, and is not asked again until {@code until}. */
    void keep(long until) {
        asker = null;
        keptUntil = until;
    }

    /** Who now gets the lease because the holder has said nothing until {@code until}, or null. */
    @Nullable
    TabEntry overdue(long until) {
        return answerUntil == until ? asker : null;
    }

    private void newHolder() {
        fence = leases.nextFence();
        asker = null;
        keptUntil = Long.MIN_VALUE;
    }
}
