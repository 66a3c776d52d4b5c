package dev.copresence.store.memory;

import dev.copresence.Section;
import dev.copresence.Viewer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A user on a page: all of their tabs there that others see, together. While there are any, the entry is linked to the viewers
 * who came before and after.
 */
final class ViewerEntry {

    final Page page;
    final UserEntry user;

    @Nullable
    ViewerEntry before;

    @Nullable
    ViewerEntry after;

    /** The ticket of the arrival, given when the entry is linked. */
    long arrival;

    private int tabs;
    private int visibleTabs;
    private int typingTabs;

    /** The tab that went to a section last, which says where the viewer is; null once it is in none. */
    private @Nullable TabEntry sectionTab;

    ViewerEntry(Page page, UserEntry user) {
        this.page = page;
        this.user = user;
    }

    boolean isEmpty() {
        return tabs == 0;
    }

    /** Has others see a tab of the user's, and where it is. */
    void list(TabEntry tab) {
        tabs++;
        visibleTabs += tab.visible ? 1 : 0;
        sectionTab = tab.section == null ? sectionTab : tab;
        tab.shown = true;
        page.changed();
    }

    /** Has others no longer see a tab, nor what it does here. */
    void unlist(TabEntry tab) {
        if (tab.typingUntil != 0) {
            tab.typingUntil = 0;
            stopTyping();
        }
        tabs--;
        visibleTabs -= tab.visible ? 1 : 0;
        sectionTab = sectionTab == tab ? null : sectionTab;
        tab.shown = false;
        page.changed();
    }

    /** Shows or hides a tab. */
    void show(TabEntry tab, boolean visible) {
        if (tab.visible == visible) {
            return;
        }
        var wasAway = isAway();
        tab.visible = visible;
        if (!tab.shown) {
            return;
        }
        visibleTabs += visible ? 1 : -1;
        if (wasAway != isAway()) {
            page.changed();
        }
    }

    /** Takes a tab to a section, or to the page as a whole if it is null. */
    void goToSection(TabEntry tab, @Nullable Section section) {
        var before = section();
        tab.section = section;
        if (!tab.shown) {
            return;
        }
        if (section != null) {
            sectionTab = tab;
        } else if (sectionTab == tab) {
            sectionTab = null;
        }
        if (!Objects.equals(before, section())) {
            page.changed();
        }
    }

    /** One tab more is one in which somebody types. */
    void startTyping() {
        typingTabs++;
        if (typingTabs == 1) {
            page.changed();
        }
    }

    /** One tab less is one in which somebody types. */
    void stopTyping() {
        typingTabs--;
        if (typingTabs == 0) {
            page.changed();
        }
    }

    /** The viewer as others see them. */
    Viewer viewer() {
        return new Viewer(user.shown, tabs, isAway(), section(), typingTabs > 0, arrival);
    }

    private boolean isAway() {
        return visibleTabs == 0;
    }

    private @Nullable Section section() {
        return sectionTab == null ? null : sectionTab.section;
    }
}
