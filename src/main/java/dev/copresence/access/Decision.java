package dev.copresence.access;

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

    /** The same decision for somebody who sees that much at most. */
    public Decision seeing(Level most) {
        return level.compareTo(most) <= 0 ? this : new Decision(view, most, edit);
    }
}
