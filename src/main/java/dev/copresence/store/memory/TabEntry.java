package dev.copresence.store.memory;

import static java.util.Objects.requireNonNull;

import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.User;
import org.jspecify.annotations.Nullable;

/**
 * All that the store knows of one tab. The tab is on a page while it has a viewer, about to leave it while it is leaving,
 * and otherwise gone: the entry then is the memory of its last leave alone, so that a late heartbeat cannot undo that.
 */
final class TabEntry {

    final UserEntry user;
    final long mostSignificantBits;
    final long leastSignificantBits;

    /** The user's presence on the page where the tab is; null while it is on none. */
    @Nullable
    ViewerEntry viewer;

    /** The last leave that is remembered of the tab, wherever it went since; null for none. Its user sees to it. */
    @Nullable
    RememberedLeave lastLeave;

    /** The section where the tab is, and which it claims if it claims anything; null for the page as a whole. */
    @Nullable
    Section section;

    /** The user who got the lease that the tab has lost there; null if it has lost none, or has acknowledged that. */
    @Nullable
    User lostTo;

    /** The last millisecond in which the tab is shown as typing; 0 if it is not. */
    long typingUntil;

    /** The incarnation of the tab's newest document; NaN if no call has named one. */
    double incarnation = Double.NaN;

    boolean visible;

    /** The tab wishes that others do not see it. */
    boolean unlisted;

    /** Others see the tab: it does not wish otherwise, or it claims to edit. Its page sees to it. */
    boolean shown;

    /** The tab's document has gone away, and its grace runs. */
    boolean leaving;

    /** The millisecond of the last renewal. */
    long renewed;

    /** The last millisecond of the tab's life; kept, like the links, by its queue. */
    long deadline;

    @Nullable
    DeadlineQueue queue;

    @Nullable
    TabEntry earlier;

    @Nullable
    TabEntry later;

    /**
     * A leave of a page, against which a late heartbeat does not stand.
     *
     * @param until the last millisecond in which it is remembered
     */
    record RememberedLeave(PagePath page, long until) {}

    TabEntry(UserEntry user, long mostSignificantBits, long leastSignificantBits) {
        this.user = user;
        this.mostSignificantBits = mostSignificantBits;
        this.leastSignificantBits = leastSignificantBits;
    }

    TabId id() {
        return new TabId(mostSignificantBits, leastSignificantBits);
    }

    boolean isOn(PagePath page) {
        return viewer != null && viewer.page.path.equals(page);
    }

    /** The page where the tab is; fails if it is on none. */
    Page page() {
        return requireNonNull(viewer).page;
    }

    /** Says whether the tab's document has left a page not long ago, or is about to. */
    boolean hasLeft(PagePath page, long now) {
        return leaving && isOn(page) || lastLeave != null && page.equals(lastLeave.page()) && now <= lastLeave.until();
    }

    /** Notes that the tab knows of the loss of its lease, so it may claim anew. */
    void acknowledgeLoss() {
        lostTo = null;
    }

    /** The state of the tab's claim; null if it makes none. */
    @Nullable
    Editing editing(long now) {
        return viewer == null ? null : viewer.page.editing(this, now);
    }
}
