package dev.copresence.store.redis;

import dev.copresence.PagePath;
import dev.copresence.Recurring;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The announcements that instances make of the pages that are watched here: a subscription to each of these pages. */
final class Announcements implements AutoCloseable {

    /*
     * One event loop, the context's, owns all state but the last announcements of live pages, which anybody may ask for. A page is
     * live from the answer to its subscription on; what was missed before is unknown, so it is then told as changed.
     *
     * On a cluster every node passes on what is announced to all, so one node is enough, and another is tried if it goes away. What
     * is announced by slots comes from the node of the slot alone: then there is a connection to each master that has watched
     * pages, and while a page is not live it is asked again where the slots are. What is not heard meanwhile comes with a sweep.
     */

    private static final Logger LOG = Logger.getLogger(Announcements.class.getName());

    private static final long TICK_MILLIS = 1000;

    private final Vertx vertx;
    private final Context context;
    private final RedisOptions options;
    private final BiConsumer<PagePath, Long> listener;
    private final Map<PagePath, Announcement> live = new ConcurrentHashMap<>();

    /** The pages that somebody watches, by channel. */
    private final Map<String, Watched> watched = new HashMap<>();

    /** The subscriptions to what is announced to all, if that is how it is announced. */
    private final Subscriptions toAll;

    /** The subscriptions at each master of a cluster, by its address, if it is announced by slots. */
    private final Map<String, Subscriptions> bySlots = new HashMap<>();

    /** The way to ask which node has which shard; null as long as it is announced to all. */
    private @Nullable ShardsOfNodes nodes;

    private boolean asking;
    private final Recurring ticking = new Recurring("The watch over the announcements of Redis");
    private boolean refused;
    private boolean closed;

    /** @param listener is told page and version, see {@link Announcement}, on the event loop */
    Announcements(Vertx vertx, Context context, RedisOptions options, BiConsumer<PagePath, Long> listener) {
        this.vertx = vertx;
        this.context = context;
        this.options = options;
        this.listener = listener;
        this.toAll = new Subscriptions(vertx, context, turn -> ofOneNode(options, turn), false, new Heard());
        context.runOnContext(on -> tick());
    }

    private static RedisOptions ofOneNode(RedisOptions options, int turn) {
        if (options.getType() != RedisClientType.CLUSTER) {
            return RedisConnector.inTurn(options, turn);
        }
        var nodes = options.getEndpoints();
        return new RedisOptions(options)
                .setType(RedisClientType.STANDALONE)
                .setEndpoints(List.of(nodes.get(turn % nodes.size())));
    }

    /** Listens by slots from now on. To be called on the event loop. */
    void listenBySlots(ShardsOfNodes where) {
        if (nodes != null) {
            return;
        }
        nodes = where;
        List.copyOf(toAll.channels()).forEach(toAll::remove);
        live.clear();
        toAll.close();
        place();
    }

    /** The last announcement of a page; null while changes that others make may be missed. */
    @Nullable
    Announcement lastOf(PagePath page) {
        return live.get(page);
    }

    /**
     * Takes note of a change that the log of a shard tells of, which was announced unless the announcement was lost. To be called
     * on the event loop.
     */
    void hear(int shard, String path, long version) {
        var known = watched.get(PageKeys.channel(shard, path));
        if (known == null) {
            return;
        }
        var last = live.get(known.page);
        if (last == null) {
            listener.accept(known.page, version);
        } else if (last.version() < version || last.version() == Announcement.UNKNOWN) {
            onAnnouncement(known.page, version);
        }
    }

    /** Has all watched pages of a shard be read again, since changes may have been missed. To be called on the event loop. */
    void mayHaveMissed(int shard) {
        for (var known : watched.values()) {
            if (known.shard == shard) {
                live.computeIfPresent(known.page, (page, last) -> new Announcement(Announcement.UNKNOWN));
                listener.accept(known.page, Announcement.UNKNOWN);
            }
        }
    }

    /** Begins to listen for a page. A page that is watched twice has to be unwatched twice. */
    void watch(PagePath page) {
        context.runOnContext(on -> {
            var channel = new PageKeys(page).channel();
            var known = watched.computeIfAbsent(channel, first -> new Watched(page));
            known.watchers++;
            if (known.watchers > 1) {
                return;
            }
            if (nodes == null) {
                toAll.add(List.of(channel));
            } else if (nodes.of(known.shard) == null) {
                place();
            } else {
                subscribe(nodes, List.of(channel));
            }
        });
    }

    /** Ends what {@link #watch} has begun. */
    void unwatch(PagePath page) {
        context.runOnContext(on -> {
            var channel = new PageKeys(page).channel();
            var known = watched.get(channel);
            if (known != null && --known.watchers == 0) {
                watched.remove(channel);
                live.remove(page);
                toAll.remove(channel);
                bySlots.values().forEach(node -> node.remove(channel));
            }
        });
    }

    private void tick() {
        if (closed) {
            return;
        }
        vertx.setTimer(TICK_MILLIS, next -> tick());
        ticking.run(() -> {
            if (nodes == null) {
                toAll.lookAround();
                return;
            }
            bySlots.values().forEach(Subscriptions::lookAround);
            if (live.size() < watched.size()) {
                place();
            }
        });
    }

    /** Asks where the slots are, and listens there to all that is not heard yet. */
    private void place() {
        var where = nodes;
        if (where == null || asking || watched.isEmpty()) {
            return;
        }
        asking = true;
        where.ask().onComplete(asked -> {
            asking = false;
            if (asked.succeeded() && !closed) {
                placeBy(where);
            }
        });
    }

    private void placeBy(ShardsOfNodes where) {
        var silent = new ArrayList<String>();
        watched.forEach((channel, known) -> {
            var address = where.of(known.shard);
            bySlots.forEach((other, node) -> {
                if (!other.equals(address)) {
                    node.remove(channel);
                }
            });
            if (!live.containsKey(known.page)) {
                silent.add(channel);
            }
        });
        subscribe(where, silent);
        bySlots.values().removeIf(node -> {
            var unused = node.channels().isEmpty();
            if (unused) {
                node.close();
            }
            return unused;
        });
    }

    private void subscribe(ShardsOfNodes where, List<String> channels) {
        var ofNodes = new HashMap<String, List<String>>();
        for (var channel : channels) {
            var known = watched.get(channel);
            var address = known == null ? null : where.of(known.shard);
            if (address != null) {
                ofNodes.computeIfAbsent(address, first -> new ArrayList<>()).add(channel);
            }
        }
        ofNodes.forEach((address, some) -> bySlots.computeIfAbsent(
                        address,
                        first -> new Subscriptions(
                                vertx, context, turn -> where.optionsOf(options, address), true, new Heard()))
                .add(some));
    }

    private void onAnnouncement(PagePath page, long version) {
        live.put(page, new Announcement(version));
        listener.accept(page, version);
    }

    /** Ends the connections, and does not look for others. */
    @Override
    public void close() {
        context.runOnContext(on -> {
            closed = true;
            toAll.close();
            bySlots.values().forEach(Subscriptions::close);
        });
    }

    /** The one who is told what comes on a connection. */
    private final class Heard implements Subscriptions.Listener {

        @Override
        public void began(String channel) {
            announced(channel, Announcement.UNKNOWN);
        }

        @Override
        public void announced(String channel, long version) {
            var known = watched.get(channel);
            if (known != null) {
                onAnnouncement(known.page, version);
            }
        }

        @Override
        public void moved() {
            place();
        }

        @Override
        public void lost(Set<String> channels, Throwable reason, boolean isNews) {
            for (var channel : channels) {
                var known = watched.get(channel);
                if (known != null) {
                    live.remove(known.page);
                }
            }
            if (isNews) {
                LOG.warning(
                        () -> "Redis announces nothing until it is back, changes come with the next sweep: " + reason);
            }
        }

        @Override
        public void refused(String reason) {
            if (!refused) {
                refused = true;
                LOG.warning(() ->
                        "The user of Redis may not listen to announcements, which takes +subscribe and +unsubscribe, and"
                                + " on a Cluster +ssubscribe and +sunsubscribe; changes come with the next sweep: "
                                + reason);
            }
        }
    }

    private static final class Watched {

        final PagePath page;
        final int shard;
        int watchers;

        Watched(PagePath page) {
            this.page = page;
            this.shard = new PageKeys(page).shard();
        }
    }
}
