package dev.copresence.store;

import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.Section;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of a tab. It is here while it has a visit, leaving while its grace runs, and otherwise gone: only
 * the memory of its last leave, which it also has while it is elsewhere, so that a late heartbeat cannot undo that.
 */
final class TabEntry {

    final Person person;
    final long mostSignificantBits;
    final long leastSignificantBits;

    @Nullable
    Visit visit;

    /** The page that it left last, if a heartbeat from there would be a late one; see {@link #leftUntil}. */
    @Nullable
    PagePath left;

    /** The last ms of the memory of that leave. */
    long leftUntil;

    /** Of its newest document; NaN if no call has named one. */
    double incarnation = Double.NaN;

    /** Where on its page it is, and claims if it does; null for the page as a whole. */
    @Nullable
    Section section;

    /** The last ms in which it is shown as typing; 0 if it is not. */
    long typingUntil;

    boolean visible;
    boolean leaving;

    /** In ms. */
    long renewed;

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
    boolean hasLeft(PagePath page, long now) {
        return leaving && isOn(page) || page.equals(left) && now <= leftUntil;
    }

    /** How its claim stands, or null if it makes none. */
    @Nullable
    Editing editing(long now) {
        return visit == null ? null : visit.page.editing(this, now);
    }

    boolean isOn(PagePath page) {
        return visit != null && visit.page.path.equals(page);
    }
}
