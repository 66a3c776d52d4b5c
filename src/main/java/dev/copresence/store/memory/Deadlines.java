package dev.copresence.store.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All tabs in the order in which their lives end, without any sorting: a queue for each length of life. */
final class Deadlines {

    /** There are only as many queues as there are kinds of life: visible, hidden, leaving and left. */
    private final List<DeadlineQueue> queues = new ArrayList<>();

    /** Has a tab end with the millisecond {@code since + lifeMillis}, and no longer when it was to end before. */
    void put(TabEntry tab, long since, long lifeMillis) {
        remove(tab);
        queue(lifeMillis).add(tab, since);
    }

    /** Has a tab not end by itself. */
    void remove(TabEntry tab) {
        if (tab.queue != null) {
            tab.queue.remove(tab);
        }
    }

    /** The tab whose life ended first of those that ended before {@code now}; null if none has. */
    @Nullable
    TabEntry firstExpired(long now) {
        TabEntry first = null;
        // A loop by index makes no iterator on each call.
        for (var i = 0; i < queues.size(); i++) {
            var tab = queues.get(i).firstExpired(now);
            if (tab != null && (first == null || tab.deadline < first.deadline)) {
                first = tab;
            }
        }
        return first;
    }

    private DeadlineQueue queue(long lifeMillis) {
        for (var queue : queues) {
            if (queue.lifeMillis == lifeMillis) {
                return queue;
            }
        }
        var queue = new DeadlineQueue(lifeMillis);
        queues.add(queue);
        return queue;
    }
}
