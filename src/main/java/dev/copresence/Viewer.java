package dev.copresence;

/**
 * A user on a page.
 *
 * @param tabCount how many live tabs of the user show the page, at least 1
 * @param away whether all of them are hidden
 */
public record Viewer(User user, int tabCount, boolean away) {

    public Viewer {
        if (tabCount < 1) {
            throw new IllegalArgumentException("a viewer has a tab");
        }
    }
}
