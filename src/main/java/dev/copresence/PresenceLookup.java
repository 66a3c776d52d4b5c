package dev.copresence;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The people of many pages at once, as the rows of a list need them. A page that was asked for in the last minute is a row, whose
 * snapshot the feed keeps right; so who asks again has the store asked nothing.
 *
 * <p>Somebody has to call {@link #forget()} now and then, so that rows are given up that nobody asks for any more.
 */
@ApplicationScoped
public class PresenceLookup {

    /*
     * The lock of this object guards which rows there are, and in which order they were asked for. The feed and the store are
     * called outside it. A row has its snapshot from its subscription, which hands out newer ones alone; only the first may come
     * from a reading of its own, so that whoever asks first is told if the store is away.
     */

    /** The time for which a row is kept after it was asked for. */
    private static final Duration KEPT = Duration.ofMinutes(1);

    /** The heap that a row is reckoned with. */
    private static final long BYTES_EACH = 2000;

    private final PresenceRegistry registry;
    private final PresenceFeed feed;
    private final InstantSource clock;
    private final int maxRows;

    /** The rows by page, the one that was not asked for longest first. */
    @GuardedBy("this")
    private final LinkedHashMap<PagePath, Row> rows = new LinkedHashMap<>(16, 0.75f, true);

    public PresenceLookup(
            PresenceRegistry registry, PresenceFeed feed, @Monotonic InstantSource clock, PresenceConfig config) {
        this.registry = registry;
        this.feed = feed;
        this.clock = clock;
        this.maxRows = (int) (CacheSize.atMost(config.lookup().rows() * BYTES_EACH) / BYTES_EACH);
    }

    /**
     * The snapshots of some pages, each in the place of its page. A change is in them when the feed has handed it out, as in a
     * stream.
     *
     * @return fails with {@link StoreUnavailableException} if nobody knows of one of them
     */
    public Uni<List<PresenceSnapshot>> of(Collection<PagePath> pages) {
        if (!registry.isStoreHeard()) {
            // What the store announces may be missed, so rows may be old.
            giveUp(0, Instant.MIN);
            return together(pages.stream().map(registry::list).toList());
        }
        var asked = ask(pages);
        List<PresenceSnapshot> known = new ArrayList<>(asked.size());
        for (var row : asked) {
            var snapshot = row.snapshot;
            if (snapshot == null) {
                return together(asked.stream().map(Row::present).toList());
            }
            known.add(snapshot);
        }
        return Uni.createFrom().item(known);
    }

    private static Uni<List<PresenceSnapshot>> together(List<Uni<PresenceSnapshot>> snapshots) {
        return snapshots.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join().all(snapshots).andFailFast();
    }

    private List<Row> ask(Collection<PagePath> pages) {
        var now = clock.instant();
        List<Row> asked = new ArrayList<>(pages.size());
        List<Row> begun = new ArrayList<>();
        List<Row> dropped;
        synchronized (this) {
            for (var page : pages) {
                var row = rows.get(page);
                if (row == null) {
                    row = new Row(page);
                    rows.put(page, row);
                    begun.add(row);
                }
                row.askedAt = now;
                asked.add(row);
            }
            dropped = takeOldest(maxRows, Instant.MIN);
        }
        dropped.forEach(Row::close);
        begun.forEach(Row::open);
        return asked;
    }

    /** Gives up the rows that nobody has asked for in the last minute. */
    public void forget() {
        giveUp(maxRows, clock.instant().minus(KEPT));
    }

    private void giveUp(int most, Instant since) {
        List<Row> dropped;
        synchronized (this) {
            dropped = takeOldest(most, since);
        }
        dropped.forEach(Row::close);
    }

    /** Takes rows away, the oldest first, until no more than {@code most} are left and none was asked for last before {@code since}. */
    @GuardedBy("this")
    private List<Row> takeOldest(int most, Instant since) {
        List<Row> taken = new ArrayList<>();
        var oldest = rows.values().iterator();
        while (oldest.hasNext()) {
            var row = oldest.next();
            if (rows.size() <= most && !row.askedAt.isBefore(since)) {
                break;
            }
            oldest.remove();
            taken.add(row);
        }
        return taken;
    }

    /** The number of pages that are kept in memory. */
    public synchronized int rows() {
        return rows.size();
    }

    /** A page that somebody has asked for. */
    private final class Row {

        private final PagePath page;

        /** Guarded by the lock of the lookup. */
        private Instant askedAt = Instant.MIN;

        /** The page as it was handed out last, null at first; written under the lock of the row. */
        private volatile @Nullable PresenceSnapshot snapshot;

        @GuardedBy("this")
        private PresenceFeed.@Nullable Subscription subscription;

        /** The first reading while it is under way, one for all who ask; null otherwise. */
        @GuardedBy("this")
        private @Nullable Uni<PresenceSnapshot> reading;

        @GuardedBy("this")
        private boolean closed;

        Row(PagePath page) {
            this.page = page;
        }

        void open() {
            var begun = feed.subscribe(page, this::take);
            synchronized (this) {
                subscription = begun;
                if (!closed) {
                    return;
                }
            }
            begun.close();
        }

        void close() {
            PresenceFeed.Subscription open;
            synchronized (this) {
                closed = true;
                open = subscription;
            }
            if (open != null) {
                open.close();
            }
        }

        /** The page as it is known, or else as the store has it. */
        Uni<PresenceSnapshot> present() {
            var known = snapshot;
            return known != null ? Uni.createFrom().item(known) : read();
        }

        private synchronized Uni<PresenceSnapshot> read() {
            var begun = reading;
            if (begun == null) {
                begun = Uni.createFrom()
                        .deferred(() -> registry.list(page))
                        .invoke(this::takeFirst)
                        .onTermination()
                        .invoke(this::endReading)
                        .memoize()
                        .indefinitely();
                reading = begun;
            }
            return begun;
        }

        private synchronized void endReading() {
            reading = null;
        }

        private synchronized void take(PresenceSnapshot handedOut) {
            snapshot = handedOut;
        }

        /** Takes what was read, unless the feed has handed something out since: that may be newer. */
        private synchronized void takeFirst(PresenceSnapshot read) {
            if (snapshot == null) {
                snapshot = read;
            }
        }
    }
}
