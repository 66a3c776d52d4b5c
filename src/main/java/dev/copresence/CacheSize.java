package dev.copresence;

/** The largest size that a cache may have. What it forgets is asked for, verified or encoded anew; the tabs need the heap. */
public final class CacheSize {

    private static final int SHARE_OF_THE_HEAP = 8;

    /** The share of what is all that an instance holds of the tabs, since they are kept elsewhere. */
    private static final int SHARE_OF_PAGES = 4;

    private CacheSize() {}

    /** The number of bytes itself, or an eighth of the heap if that is less. */
    public static long atMost(long bytes) {
        return Math.min(bytes, shareOfTheHeap());
    }

    /** An eighth of the heap, in bytes: the most that any one thing beside the tabs may take. */
    public static long shareOfTheHeap() {
        return Runtime.getRuntime().maxMemory() / SHARE_OF_THE_HEAP;
    }

    /** A quarter of the heap, in bytes, for the pages that are kept elsewhere: without them each heartbeat costs several times as much. */
    public static long ofPagesElsewhere() {
        return Runtime.getRuntime().maxMemory() / SHARE_OF_PAGES;
    }
}
