package dev.copresence.store.memory;

import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.User;
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

    /** Its last leave, if a heartbeat from there would be a late one; its person sees to it. */
    @Nullable
    Departure left;

    /** Null for most. */
    private @Nullable Doings doings;

    /** Of its newest document; NaN if no call has named one. */
    double incarnation = Double.NaN;

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

    TabId id() {
        return new TabId(mostSignificantBits, leastSignificantBits);
    }

    /** Whether it has left this page, or is about to. */
    boolean hasLeft(PagePath page, long now) {
        return leaving && isOn(page) || left != null && page.equals(left.page()) && now <= left.until();
    }

    /** Where on its page it is, and claims if it does; null for the page as a whole. */
    @Nullable
    Section section() {
        return doings == null ? null : doings.section;
    }

    void goTo(@Nullable Section section) {
        if (section != null || doings != null) {
            doings().section = section;
            tidy();
        }
    }

    /** Who got the lease that it has lost where it is, if it has not taken note of that yet; otherwise null. */
    @Nullable
    User lostTo() {
        return doings == null ? null : doings.lostTo;
    }

    /** With null it has taken note. */
    void lose(@Nullable User to) {
        if (to != null || doings != null) {
            doings().lostTo = to;
            tidy();
        }
    }

    /** The last ms in which it is shown as typing; 0 if it is not. */
    long typingUntil() {
        return doings == null ? 0 : doings.typingUntil;
    }

    void typeUntil(long until) {
        doings().typingUntil = until;
        tidy();
    }

    /** It is nowhere any more. */
    void doNothing() {
        doings = null;
    }

    private Doings doings() {
        if (doings == null) {
            doings = new Doings();
        }
        return doings;
    }

    private void tidy() {
        if (doings != null && doings.isNothing()) {
            doings = null;
        }
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
