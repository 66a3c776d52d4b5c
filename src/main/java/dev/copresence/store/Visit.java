package dev.copresence.store;

import dev.copresence.Viewer;
import org.jspecify.annotations.Nullable;

/** A person on a page: all their tabs there together, linked to the visits that began before and after it. */
final class Visit {

    final Page page;
    final Person person;
    int tabs;
    int visibleTabs;

    @Nullable
    Visit before;

    @Nullable
    Visit after;

    Visit(Page page, Person person) {
        this.page = page;
        this.person = person;
    }

    /** Shows or hides a tab; true if that changes whether the viewer is away. */
    boolean show(TabEntry tab, boolean visible) {
        var wasAway = visibleTabs == 0;
        tab.visible = visible;
        visibleTabs += visible ? 1 : -1;
        return wasAway != (visibleTabs == 0);
    }

    Viewer viewer() {
        return new Viewer(person.user, tabs, visibleTabs == 0);
    }
}
