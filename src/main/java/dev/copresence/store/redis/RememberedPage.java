package dev.copresence.store.redis;

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

    /** Of objects and references, on top of what texts take; measured on 64 bits with compressed references. */
    private static final int PAGE_BYTES = 800;

    private static final int VIEWER_BYTES = 320;

    /** How much of the heap it takes, about. */
    int bytes() {
        var bytes = PAGE_BYTES + snapshot.page().value().length();
        for (var viewer : snapshot.viewers()) {
            var user = viewer.user();
            var avatar = user.avatar() == null ? 0 : user.avatar().length();
            var section =
                    viewer.section() == null ? 0 : 2 * viewer.section().value().length();
            bytes += VIEWER_BYTES + user.id().value().length() + 2 * user.name().length() + avatar + section;
        }
        for (var edited : snapshot.sections()) {
            bytes += VIEWER_BYTES + 2 * edited.section().value().length();
        }
        return bytes;
    }

    /** True if it is what Redis would answer now, all announcements up to {@code latest} considered. */
    boolean isGoodAt(long now, RedisNews.Heard latest) {
        var knowsAll = heard == latest || version >= latest.version();
        return knowsAll && (bound == 0 || now <= bound) && now - at < MAX_AGE;
    }
}
