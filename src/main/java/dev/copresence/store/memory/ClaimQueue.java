package dev.copresence.store.memory;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.Section;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The claims to edit a page or a section of it, in their order: the first one holds the lease. What changes it says
 * whether others see another editor or asker than before.
 */
final class ClaimQueue {

    private final ArrayList<TabEntry> claims = new ArrayList<>(1);
    private final Leases leases;

    /** Of the holder. */
    private long fence;

    /** What the holder has not answered yet; null for nothing. */
    private @Nullable LeaseRequest request;

    /** The last ms in which the holder is not asked again. */
    private long keptUntil = Long.MIN_VALUE;

    ClaimQueue(Leases leases) {
        this.leases = leases;
    }

    boolean isEmpty() {
        return claims.isEmpty();
    }

    boolean holds(TabEntry tab) {
        return !claims.isEmpty() && claims.get(0) == tab;
    }

    boolean contains(TabEntry tab) {
        return claims.contains(tab);
    }

    /** Only a queue that is not empty has one; pages have no others. */
    TabEntry holder() {
        return claims.get(0);
    }

    Lease lease() {
        return new Lease(holder().person.user, fence);
    }

    @Nullable
    LeaseRequest request() {
        return request;
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
        var asked = request == null ? null : new Editing.Request(request.asker.person.user, request.left(now));
        return position == 0
                ? new Editing.Granted(fence, asked)
                : new Editing.Waiting(holder().person.user.id(), position, asked, keptFor(now));
    }

    EditedSection shownAs(Section section) {
        var by = request == null ? null : request.asker.person.user.id();
        return new EditedSection(section, holder().person.user.id(), by);
    }

    /** Puts the tab behind all others, if it makes no claim yet. */
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
        claims.remove(position);
        if (claims.isEmpty()) {
            leases.held--;
            return true;
        }
        leases.waiting--;
        var withdrawn = request != null && (position == 0 || request.asker == tab);
        if (position == 0) {
            newHolder();
        } else if (withdrawn) {
            endRequest();
        }
        return withdrawn || position == 0 && holder().person != tab.person;
    }

    /** Gives the lease to the tab, whether or not it made a claim, and ends the claim of the holder, who is another. */
    boolean pass(TabEntry tab) {
        var loser = holder();
        var asked = request != null;
        if (claims.remove(tab)) {
            leases.waiting--;
        }
        claims.set(0, tab);
        newHolder();
        return asked || loser.person != tab.person;
    }

    /** The tab, which waits, asks the holder, who has until {@code until} to answer. */
    void ask(TabEntry tab, long until) {
        request = leases.request(this, tab, until);
    }

    /** The holder has refused the request, and is not asked again until {@code until}. */
    void keep(long until) {
        endRequest();
        keptUntil = until;
    }

    private void newHolder() {
        fence = leases.nextFence();
        endRequest();
        keptUntil = Long.MIN_VALUE;
    }

    private void endRequest() {
        if (request != null) {
            leases.end(request);
            request = null;
        }
    }
}
