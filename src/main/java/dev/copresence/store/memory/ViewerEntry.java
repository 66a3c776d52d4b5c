package dev.copresence.store.memory;

import dev.copresence.Section;
import dev.copresence.Viewer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A user on a page: all their tabs there together, linked to the viewers who came to it before and after. */
final class ViewerEntry {

    final Page page;
    final UserEntry user;

    @Nullable
    ViewerEntry before;

    @Nullable
    ViewerEntry after;

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

    void add(TabEntry tab) {
        tabs++;
        visibleTabs += tab.visible ? 1 : 0;
        tab.viewer = this;
        page.changed();
    }

    /** Removes a tab, and what it does here. */
    void remove(TabEntry tab) {
        goToSection(tab, null);
        if (tab.typingUntil != 0) {
            tab.typingUntil = 0;
            stopTyping();
        }
        tabs--;
        visibleTabs -= tab.visible ? 1 : 0;
        tab.viewer = null;
        page.changed();
    }

    /** Shows or hides a tab. */
    void show(TabEntry tab, boolean visible) {
        if (tab.visible == visible) {
            return;
        }
        var wasAway = isAway();
        tab.visible = visible;
        visibleTabs += visible ? 1 : -1;
        if (wasAway != isAway()) {
            page.changed();
        }
    }

    /** Takes a tab to a section, or to the page as a whole if it is null. */
    void goToSection(TabEntry tab, @Nullable Section section) {
        var before = section();
        tab.section = section;
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
        return new Viewer(user.shown, tabs, isAway(), section(), typingTabs > 0);
    }

    private boolean isAway() {
        return visibleTabs == 0;
    }

    private @Nullable Section section() {
        return sectionTab == null ? null : sectionTab.section;
    }
}
