package dev.copresence.store.memory;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.Lease;
import dev.copresence.Section;
import dev.copresence.TakenOver;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** The claims to edit a page, or a section of it, in their order: the first one holds the lease. */
final class Claims {

    private final Page page;
    private final Leases leases;
    private final ArrayList<TabEntry> claims = new ArrayList<>(1);

    /** The holder's fence. */
    private long fence;

    /** The request that the holder has not answered yet; null for none. */
    private @Nullable LeaseRequest request;

    /** The last millisecond in which the holder, who has refused a request, is not asked again. */
    private long keptUntil = Long.MIN_VALUE;

    Claims(Page page, Leases leases) {
        this.page = page;
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

    /** The tab that holds the lease. There is one, since a page drops claims that are empty. */
    TabEntry holder() {
        return claims.get(0);
    }

    Lease lease() {
        return new Lease(holder().user.shown, fence);
    }

    /** The request that the holder has not answered yet; null for none. */
    @Nullable
    LeaseRequest request() {
        return request;
    }

    /** The time from now on in which the holder is not asked; zero if it may be. */
    Duration keptFor(long now) {
        return keptUntil < now ? Duration.ZERO : Duration.ofMillis(keptUntil - now + 1);
    }

    /** The state of the tab's claim; null if it makes none. */
    @Nullable
    Editing editing(TabEntry tab, long now) {
        var position = claims.indexOf(tab);
        if (position < 0) {
            return null;
        }
        var asked = request == null
                ? null
                : new Editing.Request(request.asker().user.shown, request.left(now), request.firm());
        if (position == 0) {
            return new Editing.Granted(fence, tab.section, asked);
        }
        return new Editing.Waiting(holder().user.id(), takesOver(tab) ? 0 : position, asked, keptFor(now));
    }

    private boolean takesOver(TabEntry tab) {
        return request != null && request.firm() && request.asker() == tab;
    }

    /** The section as others see it, if it is this one's claims. */
    EditedSection shownAs(Section section) {
        var by = request == null ? null : request.asker().user.id();
        return new EditedSection(section, holder().user.id(), by);
    }

    /** Puts the tab behind all others; nothing if it makes a claim already. */
    void add(TabEntry tab) {
        if (claims.contains(tab)) {
            return;
        }
        claims.add(tab);
        if (holds(tab)) {
            leases.held++;
            hold(null);
        } else {
            leases.waiting++;
        }
    }

    /** Ends the tab's claim; nothing if it makes none. */
    void remove(TabEntry tab) {
        var position = claims.indexOf(tab);
        if (position < 0) {
            return;
        }
        claims.remove(position);
        if (claims.isEmpty()) {
            leases.held--;
            page.changed();
            return;
        }
        leases.waiting--;
        if (position > 0) {
            if (request != null && request.asker() == tab) {
                endRequest();
            }
            return;
        }
        var taker = request != null && request.firm() ? request.asker() : null;
        if (taker != null) {
            claims.remove(taker);
            claims.add(0, taker);
        }
        hold(tab.user);
        if (taker != null) {
            noteTakeOver(tab);
        }
    }

    /** Gives the lease to the tab, whether or not it made a claim, and ends the claim of the holder, which is another. */
    void pass(TabEntry tab) {
        var loser = holder();
        var takesOver = takesOver(tab);
        tab.acknowledgeLoss();
        if (claims.remove(tab)) {
            leases.waiting--;
        }
        claims.set(0, tab);
        loser.lostTo = tab.user.shown;
        hold(loser.user);
        if (takesOver) {
            noteTakeOver(loser);
        }
        page.showOrNot(tab);
        page.showOrNot(loser);
    }

    private void noteTakeOver(TabEntry from) {
        var taker = holder();
        leases.taken(new TakenOver(page.path, taker.section, taker.user.id(), from.user.id(), fence));
    }

    /**
     * Asks the holder for the tab, which waits; the time for an answer ends with {@code until}.
     *
     * @param firm true for a take-over, which comes in the place of a request and of a refusal
     */
    void ask(TabEntry tab, boolean firm, long until) {
        var before = request;
        if (before != null) {
            leases.end(before);
        }
        request = leases.request(this, tab, firm, until);
        keptUntil = Long.MIN_VALUE;
        if (before == null || before.asker().user != tab.user) {
            page.changed();
        }
    }

    /** Refuses the request, and has the holder not be asked again until {@code until} is over. */
    void keep(long until) {
        endRequest();
        keptUntil = until;
    }

    /** The first claim now holds the lease, which a tab of {@code before} held; null if nobody did. */
    private void hold(@Nullable UserEntry before) {
        fence = leases.nextFence();
        endRequest();
        keptUntil = Long.MIN_VALUE;
        if (holder().user != before) {
            page.changed();
        }
    }

    /** Ends the request, if there is one. */
    void endRequest() {
        if (request != null) {
            leases.end(request);
            request = null;
            page.changed();
        }
    }
}
