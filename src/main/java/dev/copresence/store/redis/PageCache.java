package dev.copresence.store.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.CacheUpkeep;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pages as this instance has read them last. A page that nobody has asked of for the length of a life is forgotten, and
 * all together have a limit in bytes.
 */
final class PageCache {

    /*
     * Any thread reads; answers are noted on the event loop of the calls alone, in the order in which Redis has executed the
     * calls of a page. So what is remembered of a page never gets older. It is asked for by version: a page's version changes exactly
     * when its snapshot does, and a snapshot crosses the wire only to who has another version.
     */

    private final Cache<PagePath, RememberedPage> pages;

    PageCache(Duration life, InstantSource clock) {
        this.pages = Caffeine.newBuilder()
                .executor(CacheUpkeep.ON_THE_SPOT)
                .maximumWeight(CacheSize.ofPagesElsewhere())
                .weigher((PagePath page, RememberedPage remembered) -> remembered.bytes())
                .expireAfterAccess(life)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /** The page as it was read last; null if that is not known. */
    @Nullable
    RememberedPage get(PagePath page) {
        return pages.getIfPresent(page);
    }

    /**
     * The snapshot that Redis would answer with now; null if it has to be asked.
     *
     * @param latest the last announcement of the page; null while changes may be missed
     */
    @Nullable
    PresenceSnapshot current(PagePath page, long now, @Nullable Announcement latest) {
        if (latest == null) {
            return null;
        }
        var known = get(page);
        return known != null && known.isGoodAt(now, latest) ? known.snapshot() : null;
    }

    /**
     * Takes note of an answer.
     *
     * @param announced the last announcement of the page when it was asked; null if nobody listened
     * @param now the time of the call, in ms
     * @return whether the answer tells of another version than the one that was known
     */
    boolean note(PagePath page, PageReply reply, @Nullable Announcement announced, long now) {
        var known = get(page);
        var isNew = known != null && known.version() != reply.version();
        if (!reply.hasSnapshot() || announced == null && reply.snapshot().tabCount() == 0) {
            if (isNew) {
                pages.invalidate(page);
            }
        } else {
            pages.put(page, new RememberedPage(reply.version(), reply.snapshot(), reply.nextExpiry(), now, announced));
        }
        return isNew;
    }

    /** Tells whether an announcement of this version tells more of the page than is known. */
    boolean isNews(PagePath page, long version) {
        var known = get(page);
        return known == null || known.version() < version;
    }

    /** Forgets what has had its time. */
    void cleanUp() {
        pages.cleanUp();
    }

    /** The number of pages that are remembered. */
    long size() {
        return pages.estimatedSize();
    }
}
