package dev.copresence.access;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The answer to the three questions what somebody may do on a page. It is made before the store is asked.
 *
 * @param view whether they may know the page: join it, beat, list and watch it
 * @param level how much of its people they see
 * @param edit whether a claim of theirs is heard
 */
public record Decision(boolean view, Level level, boolean edit) {

    /** The decision that all is allowed. */
    public static final Decision EVERYTHING = new Decision(true, Level.NAMES, true);

    /** The decision that for this caller the page is not there. */
    public static final Decision NOTHING = new Decision(false, Level.NONE, false);

    /** The decision for each set of rights: calls are decided all the time, and there are few decisions. */
    private static final List<Decision> BY_RIGHTS = IntStream.range(0, 1 << Right.values().length)
            .mapToObj(Decision::from)
            .toList();

    /** The decision that follows from rights, a set of {@link Right#bit()}; without that to view the others are none. */
    static Decision of(int rights) {
        return BY_RIGHTS.get(rights);
    }

    private static Decision from(int rights) {
        if (!Right.VIEW.isIn(rights)) {
            return NOTHING;
        }
        var level = Right.NAMES.isIn(rights)
                ? Level.NAMES
                : Right.INITIALS.isIn(rights) ? Level.INITIALS : Right.COUNT.isIn(rights) ? Level.COUNT : Level.NONE;
        return new Decision(true, level, Right.EDIT.isIn(rights));
    }

    /** The same decision for somebody who sees that much at most. */
    public Decision seeing(Level most) {
        return level.compareTo(most) <= 0 ? this : new Decision(view, most, edit);
    }
}
