package dev.copresence;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * News of the pages that somebody watches: each subscriber gets a page's present snapshot first and then its changes, as
 * whole snapshots, never an older one after a newer one and never the same twice.
 *
 * <p>Changes of a page are handed out once per coalescing time, the first of a quiet page at once. Somebody has to call
 * {@link #deliver()} when the feed asks for it and when the time that it gave has come. An announcement that was lost comes with the
 * store's next sweep.
 */
@ApplicationScoped
public class PresenceFeed {

    /*
     * Announcements and subscriptions come from any thread and only mark a page as due, under the lock of this object. A
     * due page has one read in flight at a time, outside the lock, and whoever completes that read hands the snapshot
     * out; so the reads of a page, and what its subscribers get, stand in one order. What was announced during a read
     * makes the page due again.
     *
     * Whoever makes a page due, or makes room for another read, runs the wake afterwards, outside the lock: the end of a
     * read, too, which may come long after deliver() has returned. A read always ends, whatever fails in it.
     */

    private static final Logger LOG = Logger.getLogger(PresenceFeed.class.getName());

    /** So that very many pages that are due at once do not keep everybody else's calls waiting. */
    private static final int MAX_READS = 256;

    /** The pause after a read that failed, unless something makes its page due sooner. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final PresenceStore store;
    private final InstantSource clock;
    private final Duration coalesce;

    @GuardedBy("this")
    private final Map<PagePath, Watched> pages = new HashMap<>();

    @GuardedBy("this")
    private final PriorityQueue<Watched> due = new PriorityQueue<>(Comparator.comparing(page -> page.dueAt));

    @GuardedBy("this")
    private int readsInFlight;

    private final Recurring reads = new Recurring("The read of a watched page");

    private volatile Runnable wake = () -> {};

    /** A feed of what {@code store} announces from now on. */
    public PresenceFeed(PresenceStore store, @Monotonic InstantSource clock, PresenceConfig config) {
        this.store = store;
        this.clock = clock;
        this.coalesce = config.push().coalesce();
        store.onChange(this::announce);
    }

    /** Has {@code wake} run, on any thread, whenever {@link #deliver()} has something to do earlier than it said. */
    public void onDue(Runnable wake) {
        this.wake = wake;
    }

    /**
     * Sends {@code subscriber} the page's present snapshot and its changes until the subscription is closed.
     *
     * @param subscriber must not block, and gets one snapshot at a time; one that throws gets no more
     */
    public Subscription subscribe(PagePath page, Consumer<PresenceSnapshot> subscriber) {
        var watch = store.watch(page);
        Subscription subscription;
        synchronized (this) {
            var watched = pages.computeIfAbsent(page, Watched::new);
            subscription = new Subscription(page, subscriber, watch, watched.readsBegun + 1);
            watched.subscriptions.add(subscription);
            watched.newcomers = true;
            makeDue(watched, Instant.MIN);
        }
        tell();
        return subscription;
    }

    /**
     * Reads and hands out what is due.
     *
     * @return when more will be due, which is later than this call has begun; or nothing if that will be told
     */
    public Optional<Instant> deliver() {
        var now = clock.instant();
        while (true) {
            Watched page;
            synchronized (this) {
                page = readsInFlight == MAX_READS ? null : due.peek();
                if (page == null || page.dueAt.isAfter(now)) {
                    return Optional.ofNullable(page).map(next -> next.dueAt);
                }
                begin(page, now);
            }
            read(page, now);
        }
    }

    /** The number of pages that are watched. */
    public synchronized int watchedPages() {
        return pages.size();
    }

    /** Wakes the loop. If that fails, whoever has announced or subscribed is not told: it is not to blame. */
    private void tell() {
        try {
            wake.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, e, () -> "Nobody could be told that watched pages are due");
        }
    }

    private void announce(PagePath page) {
        synchronized (this) {
            var watched = pages.get(page);
            if (watched == null) {
                return;
            }
            markChanged(watched);
        }
        tell();
    }

    @GuardedBy("this")
    private void markChanged(Watched page) {
        page.changed = true;
        makeDue(page, page.quietUntil);
    }

    @GuardedBy("this")
    private void makeDue(Watched page, Instant at) {
        if (page.isBeingRead || page.queued && !at.isBefore(page.dueAt)) {
            return;
        }
        due.remove(page);
        page.dueAt = at;
        page.queued = true;
        due.add(page);
    }

    @GuardedBy("this")
    private void begin(Watched page, Instant now) {
        readsInFlight++;
        due.remove();
        page.queued = false;
        page.isBeingRead = true;
        page.readsBegun++;
        page.forAll = !page.quietUntil.isAfter(now);
        page.newcomers = false;
        if (page.forAll) {
            page.changed = false;
        }
    }

    private void read(Watched page, Instant now) {
        Uni.createFrom()
                .deferred(() -> store.read(page.path, now))
                .subscribe()
                .with(snapshot -> handOut(page, snapshot, now), failure -> failed(page, failure, now));
    }

    private void failed(Watched page, Throwable failure, Instant now) {
        if (!(failure instanceof StoreUnavailableException)) {
            reads.failed(failure);
        }
        synchronized (this) {
            page.newcomers = true;
            page.changed |= page.forAll;
            finish(page, now.plus(RETRY));
        }
        tell();
    }

    private void handOut(Watched page, PresenceSnapshot snapshot, Instant now) {
        boolean news;
        try {
            news = giveToAll(page, Objects.requireNonNull(snapshot));
        } catch (RuntimeException | Error e) {
            failed(page, e, now);
            return;
        }
        reads.succeeded();
        done(page, news ? now.plus(coalesce) : page.quietUntil);
    }

    /**
     * Gives the snapshot to whom it is news.
     *
     * @return true if that was more than somebody's first
     */
    @SuppressWarnings("ReferenceEquality") // the same object needs no second comparison; equal ones get one
    private boolean giveToAll(Watched page, PresenceSnapshot snapshot) {
        List<Subscription> receivers;
        synchronized (this) {
            receivers = page.subscriptions.stream()
                    .filter(subscription -> subscription.firstRead <= page.readsBegun)
                    .toList();
        }
        var news = false;
        // Nearly all were given the same object, and a large snapshot is compared once for them all.
        PresenceSnapshot last = null;
        var differs = true;
        for (var receiver : receivers) {
            if (receiver.last != last) {
                last = receiver.last;
                differs = !snapshot.equals(last);
            }
            if (differs && (last == null || page.forAll)) {
                receiver.give(snapshot);
                news |= last != null;
            }
        }
        return news;
    }

    private void done(Watched page, Instant quietUntil) {
        boolean isMoreToDo;
        synchronized (this) {
            page.quietUntil = quietUntil;
            isMoreToDo = finish(page, Instant.MIN);
        }
        if (isMoreToDo) {
            tell();
        }
    }

    /**
     * Ends a page's read.
     *
     * @param notBefore when the page may be read again at the earliest
     * @return true if there is something to do that nobody knows of: the page is due again, or others wait for a read
     */
    @GuardedBy("this")
    private boolean finish(Watched page, Instant notBefore) {
        var othersWait = readsInFlight == MAX_READS && !due.isEmpty();
        readsInFlight--;
        page.isBeingRead = false;
        if (page.subscriptions.isEmpty()) {
            return othersWait;
        }
        if (page.newcomers) {
            makeDue(page, notBefore);
        } else if (page.changed) {
            makeDue(page, later(notBefore, page.quietUntil));
        }
        return othersWait || page.queued;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** A page with subscribers; guarded by the feed's lock, but for what belongs to the read in flight. */
    private static final class Watched {

        final PagePath path;
        final Set<Subscription> subscriptions = new LinkedHashSet<>();
        boolean newcomers;
        boolean changed;
        boolean queued;
        boolean isBeingRead;

        /** The number of reads that have begun. */
        long readsBegun;

        Instant dueAt = Instant.MIN;

        /** True if the read is for all subscribers; in a quiet time it is for the newcomers alone. */
        boolean forAll;

        Instant quietUntil = Instant.MIN;

        Watched(PagePath path) {
            this.path = path;
        }
    }

    /** A subscriber's interest in a page. */
    public final class Subscription implements AutoCloseable {

        private final PagePath page;
        private final Consumer<PresenceSnapshot> subscriber;
        private final PresenceStore.Watch watch;

        /** The page's first read that begins after the subscription: what an earlier one finds may be too old. */
        private final long firstRead;

        /** The snapshot that was handed out last, or null; touched by the page's read alone. */
        private @Nullable PresenceSnapshot last;

        private Subscription(
                PagePath page, Consumer<PresenceSnapshot> subscriber, PresenceStore.Watch watch, long firstRead) {
            this.page = page;
            this.subscriber = subscriber;
            this.watch = watch;
            this.firstRead = firstRead;
        }

        /** Hands a snapshot to a subscriber. One that fails is dropped, and holds up neither the others nor the next read. */
        private void give(PresenceSnapshot snapshot) {
            last = snapshot;
            try {
                subscriber.accept(snapshot);
            } catch (RuntimeException | Error e) {
                close();
                LOG.log(Level.WARNING, e, () -> "A subscriber has failed and gets no more of its page");
            }
        }

        /** Ends it; with its last subscriber the page is forgotten. One more snapshot may be under way. */
        @Override
        public void close() {
            watch.close();
            synchronized (PresenceFeed.this) {
                var watched = pages.get(page);
                if (watched != null && watched.subscriptions.remove(this) && watched.subscriptions.isEmpty()) {
                    pages.remove(page);
                    due.remove(watched);
                }
            }
        }
    }
}
