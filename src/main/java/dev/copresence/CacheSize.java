package dev.copresence;

/** The largest size that a cache may have. What it forgets is asked for, verified or encoded anew; the tabs need the heap. */
public final class CacheSize {

    private static final int SHARE_OF_THE_HEAP = 8;

    private CacheSize() {}

    /** So many bytes, or an eighth of the heap if that is less. */
    public static long atMost(long bytes) {
        return Math.min(bytes, Runtime.getRuntime().maxMemory() / SHARE_OF_THE_HEAP);
    }
}
