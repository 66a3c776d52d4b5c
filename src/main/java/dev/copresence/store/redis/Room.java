package dev.copresence.store.redis;

import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.Occupancy;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The room for another tab, of all users: what is known of it here is held against a count before anybody is refused. */
final class Room {

    /** The longest time for which a count that has found no room holds. */
    private static final long COUNT_HOLDS_MILLIS = 1000;

    private final Shards shards;
    private final Tally tally;
    private final int maxTabs;

    /** The count that is under way, so that many refusals at once count once; touched on the event loop of the calls alone. */
    private @Nullable Future<Occupancy> count;

    /** The last ms in which there is no room, as was counted, if no tab leaves; touched on the event loop of the calls alone. */
    private long fullUntil;

    Room(Shards shards, Tally tally, int maxTabs) {
        this.shards = shards;
        this.tally = tally;
        this.maxTabs = maxTabs;
    }

    /** Tells whether there is room, as far as known here. */
    boolean isThere() {
        return tally.tabs.get() < maxTabs;
    }

    /** Counts anew; fails with {@link LimitExceededException} if there is no room. */
    Future<Void> make(long now) {
        if (!isThere() && now <= fullUntil) {
            return Future.failedFuture(new LimitExceededException(Limit.TABS));
        }
        if (count == null) {
            count = shards.sweep(now).onComplete(done -> count = null);
        }
        return count.compose(found -> found.tabs() < maxTabs
                ? Future.succeededFuture()
                : shards.firstExpiry().compose(end -> {
                    fullUntil = Math.min(end, now + COUNT_HOLDS_MILLIS);
                    return Future.failedFuture(new LimitExceededException(Limit.TABS));
                }));
    }
}
