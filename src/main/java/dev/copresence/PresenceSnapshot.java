package dev.copresence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that others may see of a page at one moment. Equal snapshots mean that there is no news. Unequal ones may still look
 * the same to those who see less: the tabs of a viewer, for one, or the {@linkplain Viewer#arrival arrival} of one who came back.
 * Tabs that are not listed, and claim nothing, are no part of it.
 *
 * @param viewers in their order of arrival, the editor always among them; fewer than {@code viewerCount} when the page
 *     has more of them than are listed
 * @param editor who holds the page's lease, or null when nobody edits
 * @param requestedBy who has asked the editor for it and waits for an answer, or null
 * @param sections those that are edited, in the order of their names; no more of them than viewers can be listed
 * @param viewerCount how many users are on the page
 * @param tabCount how many live tabs they have there
 */
public record PresenceSnapshot(
        PagePath page,
        List<Viewer> viewers,
        @Nullable UserId editor,
        @Nullable UserId requestedBy,
        List<EditedSection> sections,
        int viewerCount,
        int tabCount) {

    public PresenceSnapshot {
        viewers = List.copyOf(viewers);
        sections = List.copyOf(sections);
        if (viewers.size() > viewerCount || viewerCount > tabCount) {
            throw new IllegalArgumentException("a page has no more viewers than tabs, and lists no more than it has");
        }
    }

    /** A page without sections that anybody edits, and without a request. */
    public PresenceSnapshot(
            PagePath page, List<Viewer> viewers, @Nullable UserId editor, int viewerCount, int tabCount) {
        this(page, viewers, editor, null, List.of(), viewerCount, tabCount);
    }

    /** The page that nobody is on. */
    public static PresenceSnapshot empty(PagePath page) {
        return new PresenceSnapshot(page, List.of(), null, 0, 0);
    }
}
