package dev.copresence.store;

import dev.copresence.TabId;
import dev.copresence.User;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** A user with tabs, and what was last vouched for of them. Few have more than a handful, so a list finds them. */
final class Person {

    User user;
    final ArrayList<TabEntry> tabs = new ArrayList<>(1);
    int liveTabs;

    Person(User user) {
        this.user = user;
    }

    @Nullable
    TabEntry find(TabId id) {
        for (var tab : tabs) {
            if (tab.leastSignificantBits == id.leastSignificantBits()
                    && tab.mostSignificantBits == id.mostSignificantBits()) {
                return tab;
            }
        }
        return null;
    }

    @Nullable
    Visit visitOf(Page page) {
        for (var tab : tabs) {
            if (tab.visit != null && tab.visit.page == page) {
                return tab.visit;
            }
        }
        return null;
    }
}
