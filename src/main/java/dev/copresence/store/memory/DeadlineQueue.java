package dev.copresence.store.memory;

import org.jspecify.annotations.Nullable;

/**
 * The tabs that got the same length of life, in the order in which it ends. With it the store finds what has expired
 * without looking at what lives, and renews a tab at the same cost however many there are: who was renewed last ends last,
 * since the store's time never goes back, so a tab goes to the end of the queue, and what has expired is in front.
 */
final class DeadlineQueue {

    /*
     * The links are in the tabs, so a renewal makes no object. Only what began before the call that adds it, the memory of
     * a leave behind its grace, has to look for its place, which is near the end.
     */

    final long lifeMillis;

    private @Nullable TabEntry first;
    private @Nullable TabEntry last;

    DeadlineQueue(long lifeMillis) {
        this.lifeMillis = lifeMillis;
    }

    /** Adds a tab, which is in no queue, with a life that began at {@code since}. */
    void add(TabEntry tab, long since) {
        tab.deadline = since + lifeMillis;
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

    /** Removes a tab, which is in this queue. */
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

    /** The tab whose life ended first of those that ended before {@code now}; null if none has. */
    @Nullable
    TabEntry firstExpired(long now) {
        return first != null && first.deadline < now ? first : null;
    }
}
