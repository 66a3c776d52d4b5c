package dev.copresence.store.redis;

/** One announcement of a page. Two are never equal, so that a page is known to have been announced again. */
final class Announcement {

    /** The version of an announcement that stands for all that may have been missed: above every other. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final long version;

    Announcement(long version) {
        this.version = version;
    }

    /** The version of the page's snapshot when it was announced, or {@link #UNKNOWN}. */
    long version() {
        return version;
    }
}
