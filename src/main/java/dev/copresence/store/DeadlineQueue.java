package dev.copresence.store;

import org.jspecify.annotations.Nullable;

/**
 * The tabs that got the same length of life, in the order in which it ends: who was renewed last ends last, since the
 * store's time never goes back. So renewing costs the same however many tabs live, and what has expired is in front.
 */
final class DeadlineQueue {

    /** In ms. */
    final long life;

    private @Nullable TabEntry first;
    private @Nullable TabEntry last;

    DeadlineQueue(long life) {
        this.life = life;
    }

    void add(TabEntry tab, long now) {
        tab.deadline = now + life;
        tab.queue = this;
        tab.earlier = last;
        tab.later = null;
        if (last == null) {
            first = tab;
        } else {
            last.later = tab;
        }
        last = tab;
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
