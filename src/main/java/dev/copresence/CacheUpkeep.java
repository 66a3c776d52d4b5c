package dev.copresence;

import java.util.concurrent.Executor;

/** The way in which caches are tidied. */
public final class CacheUpkeep {

    /** Tidies a cache in the thread that uses it: to wake another one costs more than the work itself. */
    public static final Executor ON_THE_SPOT = Runnable::run;

    private CacheUpkeep() {}
}
