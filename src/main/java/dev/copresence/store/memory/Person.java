package dev.copresence.store.memory;

import dev.copresence.TabId;
import dev.copresence.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user with tabs, and what is known of them. */
final class Person {

    /** Up to so many tabs, which is nearly everybody, a list finds one as fast as a map, and is smaller. */
    private static final int FEW = 8;

    User user;
    int liveTabs;

    /** When others were last shown another name or picture, in ms. */
    long renamed = Long.MIN_VALUE / 2;

    private final ArrayList<TabEntry> few = new ArrayList<>(1);

    /** All tabs, if there are or were more than few; null otherwise. */
    private @Nullable Map<TabId, TabEntry> many;

    /** Those with a leave that is remembered, in the order of the leaves; null if there was none. */
    private @Nullable LinkedHashSet<TabEntry> left;

    Person(User user) {
        this.user = user;
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

    @Nullable
    TabEntry find(TabId id) {
        if (many != null) {
            return many.get(id);
        }
        // By index, for no iterator on each call.
        for (var i = 0; i < few.size(); i++) {
            var tab = few.get(i);
            if (tab.leastSignificantBits == id.leastSignificantBits()
                    && tab.mostSignificantBits == id.mostSignificantBits()) {
                return tab;
            }
        }
        return null;
    }

    /** Remembers a leave of a tab; the tab whose leave is the oldest if there are more than {@code most}, or null. */
    @Nullable
    TabEntry rememberLeave(TabEntry tab, Departure departure, int most) {
        forgetLeave(tab);
        if (left == null) {
            left = new LinkedHashSet<>(2);
        }
        tab.left = departure;
        left.add(tab);
        return left.size() > most ? left.iterator().next() : null;
    }

    void forgetLeave(TabEntry tab) {
        if (tab.left != null && left != null) {
            left.remove(tab);
            left = left.isEmpty() ? null : left;
        }
        tab.left = null;
    }

    @Nullable
    Visit visitOf(Page page) {
        for (var tab : tabs()) {
            if (tab.visit != null && tab.visit.page == page) {
                return tab.visit;
            }
        }
        return null;
    }
}
