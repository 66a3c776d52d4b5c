package dev.copresence.store.memory;

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

    /** Null while no tab here types or is in a section, as for most. */
    private @Nullable Whereabouts whereabouts;

    @Nullable
    Visit before;

    @Nullable
    Visit after;

    /** What the tabs of a visit do beyond being there. */
    private static final class Whereabouts {

        int typingTabs;

        /** The tab that went to a section last; null once it is in none. */
        @Nullable
        TabEntry guide;
    }

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

    /** Takes a tab to a section, or to the page as a whole; true if that changes where the viewer is. */
    boolean guide(TabEntry tab, @Nullable Section section) {
        var before = section();
        tab.goTo(section);
        if (section != null) {
            whereabouts().guide = tab;
        } else if (whereabouts != null && whereabouts.guide == tab) {
            whereabouts.guide = null;
            tidy();
        }
        return !Objects.equals(before, section());
    }

    /** Starts or ends that a tab types; true if that changes whether the viewer does. */
    boolean type(boolean starts) {
        var typing = whereabouts().typingTabs += starts ? 1 : -1;
        tidy();
        return typing == (starts ? 1 : 0);
    }

    private @Nullable Section section() {
        return whereabouts == null || whereabouts.guide == null ? null : whereabouts.guide.section();
    }

    private Whereabouts whereabouts() {
        if (whereabouts == null) {
            whereabouts = new Whereabouts();
        }
        return whereabouts;
    }

    private void tidy() {
        if (whereabouts != null && whereabouts.guide == null && whereabouts.typingTabs == 0) {
            whereabouts = null;
        }
    }

    Viewer viewer() {
        var typing = whereabouts != null && whereabouts.typingTabs > 0;
        return new Viewer(person.user, tabs, visibleTabs == 0, section(), typing);
    }
}
