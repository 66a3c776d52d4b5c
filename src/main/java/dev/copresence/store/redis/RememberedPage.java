package dev.copresence.store.redis;

import dev.copresence.PresenceSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A page as it was read.
 *
 * @param nextExpiry the earliest moment at which anything on it expires, in ms; 0 if nobody is there
 * @param readAt when it was asked for, in ms
 * @param announced the last announcement of the page by then; null if nobody listened
 */
record RememberedPage(
        long version,
        PresenceSnapshot snapshot,
        long nextExpiry,
        long readAt,
        @Nullable Announcement announced) {

    /**
     * The time for which a snapshot is good without an announcement. Changes whose announcements were lost come with a sweep, and
     * while Redis is away there is none, so it is short.
     */
    private static final long MAX_AGE_MILLIS = 4000;

    /** The bytes of objects and references, on top of what texts take; measured on 64 bits with compressed references. */
    private static final int PAGE_BYTES = 800;

    private static final int VIEWER_BYTES = 320;

    /** The bytes of the heap that it takes, about. */
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

    /** Tells whether it is what Redis would answer now, all announcements up to {@code latest} considered. */
    boolean isGoodAt(long now, Announcement latest) {
        var knowsAll = announced == latest || version >= latest.version();
        return knowsAll && (nextExpiry == 0 || now <= nextExpiry) && now - readAt < MAX_AGE_MILLIS;
    }
}
