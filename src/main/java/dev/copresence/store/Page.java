package dev.copresence.store;

import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Viewer;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** A page that somebody is on: its visits in order of arrival and its claims, the oldest first. */
final class Page {

    final PagePath path;

    private @Nullable Visit firstVisit;
    private @Nullable Visit lastVisit;
    private int visits;
    private int tabs;

    /** Null while nobody claims to edit. */
    private @Nullable ArrayList<TabEntry> claims;

    /** Of the holder, who is the first of the claims. */
    private long fence;

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

    /** Whether the page's editor is another user than before. */
    boolean claim(TabEntry tab, Fences fences) {
        if (claims == null) {
            claims = new ArrayList<>(1);
            claims.add(tab);
            fence = fences.next();
            return true;
        }
        if (!claims.contains(tab)) {
            claims.add(tab);
        }
        return false;
    }

    /** Whether the page's editor is another user than before, or nobody. */
    boolean unclaim(TabEntry tab, Fences fences) {
        if (claims == null) {
            return false;
        }
        var position = claims.indexOf(tab);
        if (position < 0) {
            return false;
        }
        claims.remove(position);
        if (claims.isEmpty()) {
            claims = null;
            return true;
        }
        if (position > 0) {
            return false;
        }
        fence = fences.next();
        return claims.get(0).person != tab.person;
    }

    /** How the tab's claim stands, or null if it makes none. */
    @Nullable
    Editing editing(TabEntry tab) {
        var position = claims == null ? -1 : claims.indexOf(tab);
        if (claims == null || position < 0) {
            return null;
        }
        return position == 0
                ? new Editing.Granted(fence)
                : new Editing.Waiting(claims.get(0).person.user.id(), position);
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
        var editing = claims == null ? null : claims.get(0).visit;
        var viewers = new ArrayList<Viewer>(Math.min(visits, maxListed));
        var editorListed = editing == null;
        for (var visit = firstVisit; visit != null && viewers.size() < maxListed; visit = visit.after) {
            var lastPlace = viewers.size() == maxListed - 1;
            var listed = editing != null && lastPlace && !editorListed ? editing : visit;
            viewers.add(listed.viewer());
            editorListed |= listed == editing;
        }
        return new PresenceSnapshot(path, viewers, editing == null ? null : editing.person.user.id(), visits, tabs);
    }
}
