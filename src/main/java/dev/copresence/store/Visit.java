package dev.copresence.store;

import dev.copresence.Section;
import dev.copresence.Viewer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A person on a page: all their tabs there together, linked to the visits that began before and after it. */
final class Visit {

    final Page page;
    final Person person;
    int tabs;
    int visibleTabs;
    int typingTabs;

    /** Whose word on where the viewer is was the last; null if the viewer is on the page as a whole. */
    @Nullable
    TabEntry guide;

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

    /** Notes where a tab says that it is; true if that changes where the viewer is. */
    boolean follow(TabEntry tab, boolean moved) {
        var before = section();
        if (tab.section == null) {
            guide = guide == tab ? null : guide;
        } else if (moved || guide == null) {
            guide = tab;
        }
        return !Objects.equals(before, section());
    }

    /** Starts or ends that a tab types; true if that changes whether the viewer does. */
    boolean type(boolean starts) {
        typingTabs += starts ? 1 : -1;
        return typingTabs == (starts ? 1 : 0);
    }

    private @Nullable Section section() {
        return guide == null ? null : guide.section;
    }

    Viewer viewer() {
        return new Viewer(person.user, tabs, visibleTabs == 0, section(), typingTabs > 0);
    }
}
