package dev.copresence.store.memory;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Section;
import dev.copresence.Viewer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A page that somebody is on: its visits in order of arrival and its claims, also those of its sections. */
final class Page {

    final PagePath path;

    private @Nullable Visit firstVisit;
    private @Nullable Visit lastVisit;
    private int visits;
    private int tabs;

    /** Of the page as a whole; null while nobody claims to edit it. */
    private @Nullable ClaimQueue claims;

    /** Those that somebody claims to edit; null while there are none. */
    private @Nullable TreeMap<Section, ClaimQueue> sections;

    /** Null after a change, until somebody reads the page. */
    private @Nullable PresenceSnapshot snapshot;

    Page(PagePath path) {
        this.path = path;
    }

    boolean isEmpty() {
        return visits == 0;
    }

    void arrive(TabEntry tab) {
        var visit = tab.person.visitOf(this);
        if (visit == null) {
            visit = new Visit(this, tab.person);
            append(visit);
        }
        visit.tabs++;
        tabs++;
        if (tab.visible) {
            visit.visibleTabs++;
        }
        tab.visit = visit;
    }

    void depart(TabEntry tab, Visit visit) {
        tab.visit = null;
        visit.tabs--;
        tabs--;
        if (tab.visible) {
            visit.visibleTabs--;
        }
        if (visit.tabs == 0) {
            unlink(visit);
        }
    }

    private void append(Visit visit) {
        visits++;
        visit.before = lastVisit;
        if (lastVisit == null) {
            firstVisit = visit;
        } else {
            lastVisit.after = visit;
        }
        lastVisit = visit;
    }

    private void unlink(Visit visit) {
        visits--;
        if (visit.before == null) {
            firstVisit = visit.after;
        } else {
            visit.before.after = visit.after;
        }
        if (visit.after == null) {
            lastVisit = visit.before;
        } else {
            visit.after.before = visit.before;
        }
    }

    /** The claims that stand where {@code section} says, on the page as a whole if it is null; null for none. */
    @Nullable
    ClaimQueue claims(@Nullable Section section) {
        return section == null ? claims : sections == null ? null : sections.get(section);
    }

    /** Whether others see another editor than before. */
    boolean claim(TabEntry tab, Leases leases) {
        var queue = claims(tab.section());
        if (queue == null) {
            queue = new ClaimQueue(leases);
            put(tab.section(), queue);
        }
        return queue.add(tab);
    }

    private void put(@Nullable Section section, ClaimQueue queue) {
        if (section == null) {
            claims = queue;
            return;
        }
        if (sections == null) {
            sections = new TreeMap<>();
        }
        sections.put(section, queue);
    }

    /** Whether others see another editor or asker than before, or nobody. */
    boolean unclaim(TabEntry tab) {
        var queue = claims(tab.section());
        if (queue == null) {
            return false;
        }
        var seen = queue.remove(tab);
        if (queue.isEmpty()) {
            drop(tab.section());
        }
        return seen;
    }

    private void drop(@Nullable Section section) {
        if (section == null) {
            claims = null;
        } else if (sections != null) {
            sections.remove(section);
            sections = sections.isEmpty() ? null : sections;
        }
    }

    /** Gives the lease to the tab, from the holder if there is one; whether others see another editor or asker. */
    boolean pass(TabEntry tab, Leases leases) {
        var queue = claims(tab.section());
        return queue == null ? claim(tab, leases) : queue.pass(tab);
    }

    /** How the tab's claim stands, or null if it makes none. */
    @Nullable
    Editing editing(TabEntry tab, long now) {
        var queue = claims(tab.section());
        var lostTo = tab.lostTo();
        if (lostTo != null) {
            return new Editing.Lost(
                    lostTo, queue == null ? null : queue.holder().person.user.id());
        }
        return queue == null ? null : queue.editing(tab, now);
    }

    void changed() {
        snapshot = null;
    }

    PresenceSnapshot snapshot(int maxListed) {
        if (snapshot == null) {
            snapshot = draw(maxListed);
        }
        return snapshot;
    }

    private PresenceSnapshot draw(int maxListed) {
        var holder = claims == null ? null : claims.holder();
        var request = claims == null ? null : claims.request();
        return new PresenceSnapshot(
                path,
                viewers(maxListed, holder == null ? null : holder.visit),
                holder == null ? null : holder.person.user.id(),
                request == null ? null : request.asker.person.user.id(),
                editedSections(maxListed),
                visits,
                tabs);
    }

    private List<Viewer> viewers(int maxListed, @Nullable Visit editing) {
        var viewers = new ArrayList<Viewer>(Math.min(visits, maxListed));
        var editorListed = editing == null;
        for (var visit = firstVisit; visit != null && viewers.size() < maxListed; visit = visit.after) {
            var lastPlace = viewers.size() == maxListed - 1;
            var listed = editing != null && lastPlace && !editorListed ? editing : visit;
            viewers.add(listed.viewer());
            editorListed |= listed == editing;
        }
        return viewers;
    }

    private List<EditedSection> editedSections(int maxListed) {
        return sections == null
                ? List.of()
                : sections.entrySet().stream()
                        .limit(maxListed)
                        .map(edited -> edited.getValue().shownAs(edited.getKey()))
                        .toList();
    }
}
