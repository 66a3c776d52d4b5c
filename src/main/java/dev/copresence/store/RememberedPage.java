package dev.copresence.store;

import dev.copresence.PresenceSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a page.
 *
 * @param bound before which nothing ends by itself, in ms; 0 if nobody is there
 * @param at when it was asked for, in ms
 * @param heard what had been announced of the page by then, or null if nobody listened
 */
record RememberedPage(long version, PresenceSnapshot snapshot, long bound, long at, RedisNews.@Nullable Heard heard) {

    /**
     * For how many ms a snapshot is good without an announcement. Announcements can be lost, so it is less than the pause
     * between two readings of a watched page.
     */
    private static final long MAX_AGE = 4000;

    /** Whether it is what Redis would answer now, all announcements up to {@code latest} considered. */
    boolean isGoodAt(long now, RedisNews.Heard latest) {
        var knowsAll = heard == latest || version >= latest.version();
        return knowsAll && (bound == 0 || now <= bound) && now - at < MAX_AGE;
    }
}
