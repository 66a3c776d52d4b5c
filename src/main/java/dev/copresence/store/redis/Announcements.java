package dev.copresence.store.redis;

import dev.copresence.PagePath;
import dev.copresence.Recurring;
import dev.copresence.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The announcements that instances make of the pages that are watched here: a subscription to each of these pages, on a
 * connection of its own.
 */
final class Announcements implements AutoCloseable {

    /*
     * One event loop, the context's, owns all state but the last announcements of live pages, which anybody may ask for. On this
     * connection goes nothing but SUBSCRIBE and UNSUBSCRIBE, whose answers come in as messages: the client would take the answer
     * to another command for a message, or the other way round. So it is also by a subscription that the connection is asked
     * whether it is alive. A page is live from the answer to its subscription on; what was missed before is unknown, so it
     * is then told as changed.
     *
     * On a cluster every node passes announcements on, so one node is enough, and another is tried if it goes away.
     */

    private static final Logger LOG = Logger.getLogger(Announcements.class.getName());

    private static final String ALIVE = "copresence:alive";
    private static final long TICK_MILLIS = 1000;
    private static final int PATIENCE_TICKS = 3;
    private static final int SUBSCRIBED_AT_ONCE = 500;

    private final Vertx vertx;
    private final Context context;
    private final BiConsumer<PagePath, Long> listener;
    private final RedisConnector connector;
    private final Map<PagePath, Announcement> live = new ConcurrentHashMap<>();

    /** The pages that somebody watches, by channel. */
    private final Map<String, Watched> watched = new HashMap<>();

    private final Recurring ticking = new Recurring("The watch over the announcements of Redis");
    private final Recurring listening = new Recurring("The listening to announcements of Redis");
    private int silentTicks;
    private boolean closed;

    /** @param listener is told page and version, see {@link Announcement}, on the event loop */
    Announcements(Vertx vertx, Context context, RedisOptions options, BiConsumer<PagePath, Long> listener) {
        this.vertx = vertx;
        this.context = context;
        this.listener = listener;
        this.connector =
                new RedisConnector(vertx, context, turn -> ofOneNode(options, turn), PATIENCE_TICKS, new Connection());
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
            if (known.watchers == 1) {
                subscribe(List.of(channel));
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
                var open = connector.connection();
                if (open != null) {
                    send(open, Request.cmd(Command.UNSUBSCRIBE).arg(channel));
                }
            }
        });
    }

    private void subscribe(List<String> channels) {
        var open = connector.connection();
        if (open == null) {
            connector.seek();
            return;
        }
        for (var from = 0; from < channels.size(); from += SUBSCRIBED_AT_ONCE) {
            var request = Request.cmd(Command.SUBSCRIBE);
            channels.subList(from, Math.min(channels.size(), from + SUBSCRIBED_AT_ONCE))
                    .forEach(request::arg);
            send(open, request);
        }
    }

    private void send(RedisConnection open, Request request) {
        open.send(request).onFailure(failure -> connector.lose(open, failure));
    }

    private void tick() {
        if (closed) {
            return;
        }
        vertx.setTimer(TICK_MILLIS, next -> tick());
        ticking.run(this::lookAround);
    }

    private void lookAround() {
        connector.tick();
        var open = connector.connection();
        if (open == null) {
            return;
        }
        if (++silentTicks > PATIENCE_TICKS) {
            connector.lose(open, new StoreUnavailableException("Redis does not answer"));
        } else {
            send(open, Request.cmd(Command.SUBSCRIBE).arg(ALIVE));
        }
    }

    private void onMessage(Reply message) {
        silentTicks = 0;
        connector.isGoodAgain();
        var known = message.size() < 3 ? null : watched.get(message.text(1));
        if (known == null) {
            return;
        }
        switch (message.text(0)) {
            case "subscribe" -> onAnnouncement(known.page, Announcement.UNKNOWN);
            case "message" -> onAnnouncement(known.page, message.number(2));
            default -> {}
        }
    }

    private void onAnnouncement(PagePath page, long version) {
        live.put(page, new Announcement(version));
        listener.accept(page, version);
    }

    /** Ends the connection, and does not look for another. */
    @Override
    public void close() {
        context.runOnContext(on -> {
            closed = true;
            connector.close();
        });
    }

    /** The connector's owner: these subscriptions. */
    private final class Connection implements RedisConnector.Owner {

        @Override
        public boolean isWanted() {
            return !watched.isEmpty();
        }

        @Override
        public void connected(RedisConnection open) {
            silentTicks = 0;
            open.handler(message -> context.runOnContext(on -> listening.run(() -> onMessage(new Reply(message)))));
            subscribe(List.copyOf(watched.keySet()));
        }

        @Override
        public void lost(Throwable reason, boolean isNews) {
            live.clear();
            if (isNews) {
                LOG.warning(
                        () -> "Redis announces nothing until it is back, changes come with the next sweep: " + reason);
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
