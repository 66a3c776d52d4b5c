package dev.copresence.store.memory;

import org.jspecify.annotations.Nullable;

/**
 * The tabs that got the same length of life, in the order in which it ends: who was renewed last ends last, since the
 * store's time never goes back. So renewing costs the same however many tabs live, and what has expired is in front.
 * Only what began before the call that adds it, a memory behind a grace, has to look for its place, near the end.
 */
final class DeadlineQueue {

    /** In ms. */
    final long life;

    private @Nullable TabEntry first;
    private @Nullable TabEntry last;

    DeadlineQueue(long life) {
        this.life = life;
    }

    void add(TabEntry tab, long since) {
        tab.deadline = since + life;
        tab.queue = this;
        tab.earlier = last;
        while (tab.earlier != null && tab.earlier.deadline > tab.deadline) {
            tab.earlier = tab.earlier.earlier;
        }
        tab.later = tab.earlier == null ? first : tab.earlier.later;
        if (tab.earlier == null) {
            first = tab;
        } else {
            tab.earlier.later = tab;
        }
        if (tab.later == null) {
            last = tab;
        } else {
            tab.later.earlier = tab;
        }
    }

    void remove(TabEntry tab) {
        if (tab.earlier == null) {
            first = tab.later;
        } else {
            tab.earlier.later = tab.later;
        }
        if (tab.later == null) {
            last = tab.earlier;
        } else {
            tab.later.earlier = tab.earlier;
        }
        tab.earlier = null;
        tab.later = null;
        tab.queue = null;
    }

    /** The tab whose deadline lies furthest back before {@code now}, or null if there is none. */
    @Nullable
    TabEntry firstExpired(long now) {
        return first != null && first.deadline < now ? first : null;
    }
}
