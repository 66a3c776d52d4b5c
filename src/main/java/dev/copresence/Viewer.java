package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * A user on a page, whom others may see there.
 *
 * @param tabCount how many live tabs of the user show the page, at least 1; unlisted ones are not counted
 * @param away whether all of them are hidden
 * @param section where on the page the user is: in which section that tab is, of those that are in any, which has gone there
 *     last; null, for the page as a whole, once that tab is in none or gone, until another goes to one
 * @param typing whether the user types there at this moment
 * @param arrival the number of this viewer on this page: higher than those of all who came before, the same for as long as the
 *     viewer is there, and another after each return. Who comes back is another viewer by it, though they look the same.
 */
public record Viewer(
        User user, int tabCount, boolean away, @Nullable Section section, boolean typing, long arrival) {

    public Viewer {
        if (tabCount < 1) {
            throw new IllegalArgumentException("a viewer has a tab");
        }
    }

    /** A viewer of the page as a whole who does not type. */
    public Viewer(User user, int tabCount, boolean away, long arrival) {
        this(user, tabCount, away, null, false, arrival);
    }
}
