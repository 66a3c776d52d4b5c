package dev.copresence.store.memory;

import static java.util.Objects.requireNonNull;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Section;
import dev.copresence.Viewer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A page that somebody is on: its viewers in the order of their arrival, and the claims to edit it and its sections. */
final class Page {

    /*
     * A page tells its own news: it, its viewers and its claims call changed() when others see something else than before,
     * so whoever calls them need not know whether that is so.
     */

    final PagePath path;

    private final Leases leases;
    private final Tickets arrivals;
    private final News news;

    /** The number of tabs, whether others see them or not. */
    private int allTabs;

    private @Nullable ViewerEntry firstViewer;
    private @Nullable ViewerEntry lastViewer;
    private int viewers;

    /** The number of tabs that others see. */
    private int tabs;

    /** The claims to edit the page as a whole; null while there are none. */
    private @Nullable Claims claims;

    /** The claims to edit sections, by section; null while there are none. */
    private @Nullable TreeMap<Section, Claims> sections;

    /** The page as others see it; null after a change, until somebody reads it. */
    private @Nullable PresenceSnapshot snapshot;

    Page(PagePath path, Leases leases, Tickets arrivals, News news) {
        this.path = path;
        this.leases = leases;
        this.arrivals = arrivals;
        this.news = news;
    }

    boolean isEmpty() {
        return allTabs == 0;
    }

    /** Notes that others see something else than before. */
    void changed() {
        snapshot = null;
        news.add(path);
    }

    /** Adds a tab, which is on no page. */
    void addTab(TabEntry tab) {
        var viewer = tab.user.on(this);
        tab.viewer = viewer == null ? new ViewerEntry(this, tab.user) : viewer;
        allTabs++;
        showOrNot(tab);
    }

    /** Removes a tab, with its claim and all that it does here. */
    void removeTab(TabEntry tab) {
        unclaim(tab);
        tab.acknowledgeLoss();
        if (tab.shown) {
            unlist(tab);
        }
        tab.section = null;
        tab.viewer = null;
        allTabs--;
    }

    /** Has others see a tab, or no longer see it, by what it wishes and whether it claims to edit: a lease has a face. */
    void showOrNot(TabEntry tab) {
        var there = claims(tab.section);
        var shown = !tab.unlisted || there != null && there.contains(tab);
        if (shown && !tab.shown) {
            list(tab);
        } else if (!shown && tab.shown) {
            unlist(tab);
        }
    }

    /** Takes a tab to a section, or to the page as a whole if it is null; a claim to where it was ends. */
    void goToSection(TabEntry tab, @Nullable Section section) {
        if (!Objects.equals(tab.section, section)) {
            unclaim(tab);
            tab.acknowledgeLoss();
            requireNonNull(tab.viewer).goToSection(tab, section);
        }
    }

    /** The claims to edit a section, or the page as a whole if it is null; null if there are none. */
    @Nullable
    Claims claims(@Nullable Section section) {
        return section == null ? claims : sections == null ? null : sections.get(section);
    }

    /** Has a tab claim where it is, behind all who do already. */
    void claim(TabEntry tab) {
        var there = claims(tab.section);
        if (there == null) {
            there = new Claims(this, leases);
            put(tab.section, there);
        }
        there.add(tab);
    }

    /** Ends a tab's claim; nothing if it makes none. */
    void unclaim(TabEntry tab) {
        var there = claims(tab.section);
        if (there == null) {
            return;
        }
        there.remove(tab);
        if (there.isEmpty()) {
            drop(tab.section);
        }
    }

    /** The state of a tab's claim; null if it makes none. */
    @Nullable
    Editing editing(TabEntry tab, long now) {
        var there = claims(tab.section);
        if (tab.lostTo != null) {
            return new Editing.Lost(
                    tab.lostTo, there == null ? null : there.holder().user.id());
        }
        return there == null ? null : there.editing(tab, now);
    }

    /** The page as others see it, the same object until it changes. */
    PresenceSnapshot snapshot(int maxListed) {
        if (snapshot == null) {
            snapshot = draw(maxListed);
        }
        return snapshot;
    }

    private void list(TabEntry tab) {
        var viewer = requireNonNull(tab.viewer);
        if (viewer.isEmpty()) {
            append(viewer);
        }
        viewer.list(tab);
        tabs++;
    }

    private void unlist(TabEntry tab) {
        var viewer = requireNonNull(tab.viewer);
        viewer.unlist(tab);
        tabs--;
        if (viewer.isEmpty()) {
            unlink(viewer);
        }
    }

    private void append(ViewerEntry viewer) {
        viewers++;
        viewer.arrival = arrivals.next();
        viewer.after = null;
        viewer.before = lastViewer;
        if (lastViewer == null) {
            firstViewer = viewer;
        } else {
            lastViewer.after = viewer;
        }
        lastViewer = viewer;
    }

    private void unlink(ViewerEntry viewer) {
        viewers--;
        if (viewer.before == null) {
            firstViewer = viewer.after;
        } else {
            viewer.before.after = viewer.after;
        }
        if (viewer.after == null) {
            lastViewer = viewer.before;
        } else {
            viewer.after.before = viewer.before;
        }
    }

    private void put(@Nullable Section section, Claims there) {
        if (section == null) {
            claims = there;
            return;
        }
        if (sections == null) {
            sections = new TreeMap<>();
        }
        sections.put(section, there);
    }

    private void drop(@Nullable Section section) {
        if (section == null) {
            claims = null;
        } else if (sections != null) {
            sections.remove(section);
            sections = sections.isEmpty() ? null : sections;
        }
    }

    private PresenceSnapshot draw(int maxListed) {
        var holder = claims == null ? null : claims.holder();
        var request = claims == null ? null : claims.request();
        return new PresenceSnapshot(
                path,
                listed(maxListed, holder == null ? null : holder.viewer),
                holder == null ? null : holder.user.id(),
                request == null ? null : request.asker().user.id(),
                editedSections(maxListed),
                viewers,
                tabs);
    }

    /** The first viewers, as many as are listed; an editor who would not be among them stands in place of the last. */
    private List<Viewer> listed(int maxListed, @Nullable ViewerEntry editor) {
        var listed = new ArrayList<Viewer>(Math.min(viewers, maxListed));
        var editorListed = editor == null;
        for (var viewer = firstViewer; viewer != null && listed.size() < maxListed; viewer = viewer.after) {
            var isLast = listed.size() == maxListed - 1;
            var next = editor != null && isLast && !editorListed ? editor : viewer;
            listed.add(next.viewer());
            editorListed |= next == editor;
        }
        return listed;
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
