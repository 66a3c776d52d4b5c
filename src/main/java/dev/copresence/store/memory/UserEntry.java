package dev.copresence.store.memory;

import dev.copresence.PresenceStore;
import dev.copresence.TabId;
import dev.copresence.User;
import dev.copresence.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user with tabs, and what is known of them. */
final class UserEntry {

    private static final long RENAME_PACE_MILLIS = PresenceStore.RENAME_PACE.toMillis();

    /** The number of tabs, which nearly nobody passes, up to which a list finds one as fast as a map, and is smaller. */
    private static final int FEW = 8;

    /** The user as others see them. */
    User shown;

    int liveTabs;

    /** The millisecond in which others were last shown another name or picture. */
    private long renamed = Long.MIN_VALUE / 2;

    private final ArrayList<TabEntry> few = new ArrayList<>(1);

    /** All tabs, if there are or were more than few; null otherwise. */
    private @Nullable Map<TabId, TabEntry> many;

    /** The tabs of which a leave is remembered, in the order of the leaves; null if there are none. */
    private @Nullable LinkedHashSet<TabEntry> left;

    UserEntry(User user) {
        shown = user;
    }

    UserId id() {
        return shown.id();
    }

    /** Takes over what a call states of the user, if it counts more than what is known; but others see no change too soon. */
    void update(User stated, long now) {
        if (shown.covers(stated)) {
            return;
        }
        var user = shown.with(stated);
        var seen = liveTabs > 0 && !user.equals(shown);
        if (seen && now < renamed + RENAME_PACE_MILLIS) {
            return;
        }
        shown = user;
        if (seen) {
            renamed = now;
            for (var tab : tabs()) {
                if (tab.viewer != null && tab.shown) {
                    tab.viewer.page.changed();
                }
            }
        }
    }

    Collection<TabEntry> tabs() {
        return many == null ? few : many.values();
    }

    void add(TabEntry tab) {
        if (many == null && few.size() == FEW) {
            many = new HashMap<>();
            for (var one : few) {
                many.put(one.id(), one);
            }
            few.clear();
        }
        if (many == null) {
            few.add(tab);
        } else {
            many.put(tab.id(), tab);
        }
    }

    void remove(TabEntry tab) {
        forgetLeave(tab);
        if (many == null) {
            few.remove(tab);
        } else {
            many.remove(tab.id());
        }
    }

    /** The user's tab of that id; null if there is none. */
    @Nullable
    TabEntry find(TabId id) {
        if (many != null) {
            return many.get(id);
        }
        // A loop by index makes no iterator on each call.
        for (var i = 0; i < few.size(); i++) {
            var tab = few.get(i);
            if (tab.leastSignificantBits == id.leastSignificantBits()
                    && tab.mostSignificantBits == id.mostSignificantBits()) {
                return tab;
            }
        }
        return null;
    }

    /** Remembers a leave of a tab, and gives the tab whose leave is the oldest if there are more than {@code most}. */
    @Nullable
    TabEntry rememberLeave(TabEntry tab, TabEntry.RememberedLeave leave, int most) {
        forgetLeave(tab);
        if (left == null) {
            left = new LinkedHashSet<>(2);
        }
        tab.lastLeave = leave;
        left.add(tab);
        return left.size() > most ? left.iterator().next() : null;
    }

    void forgetLeave(TabEntry tab) {
        if (tab.lastLeave != null && left != null) {
            left.remove(tab);
            left = left.isEmpty() ? null : left;
        }
        tab.lastLeave = null;
    }

    /** The user's presence on a page; null while no tab of theirs is there. */
    @Nullable
    ViewerEntry on(Page page) {
        for (var tab : tabs()) {
            if (tab.viewer != null && tab.viewer.page == page) {
                return tab.viewer;
            }
        }
        return null;
    }
}
