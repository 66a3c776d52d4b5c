package dev.copresence.store;

import dev.copresence.Editing;
import dev.copresence.PagePath;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of a tab. It is here while it has a visit, leaving while its grace runs, and otherwise gone: only
 * the memory of a leave, kept so that a late heartbeat cannot undo it.
 */
final class TabEntry {

    final Person person;
    final long mostSignificantBits;
    final long leastSignificantBits;

    @Nullable
    Visit visit;

    /** The page that it left, once it is gone. */
    @Nullable
    PagePath left;

    /** Of its newest document; NaN if no call has named one. */
    double incarnation = Double.NaN;

    boolean visible;
    boolean leaving;

    /** The last ms of its life; kept, like the links, by its queue. */
    long deadline;

    @Nullable
    DeadlineQueue queue;

    @Nullable
    TabEntry earlier;

    @Nullable
    TabEntry later;

    TabEntry(Person person, long mostSignificantBits, long leastSignificantBits) {
        this.person = person;
        this.mostSignificantBits = mostSignificantBits;
        this.leastSignificantBits = leastSignificantBits;
    }

    /** Whether it has left this page, or is about to. */
    boolean hasLeft(PagePath page) {
        return visit == null ? page.equals(left) : leaving && isOn(page);
    }

    /** How its claim stands, or null if it makes none. */
    @Nullable
    Editing editing() {
        return visit == null ? null : visit.page.editing(this);
    }

    boolean isOn(PagePath page) {
        return visit != null && visit.page.path.equals(page);
    }
}
