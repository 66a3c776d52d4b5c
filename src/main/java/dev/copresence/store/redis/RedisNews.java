package dev.copresence.store.redis;

import dev.copresence.PagePath;
import dev.copresence.Recurring;
import dev.copresence.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What other instances announce of the pages that are watched here: a subscription to each of them, on a connection of
 * its own that comes back by itself.
 */
final class RedisNews implements AutoCloseable {

    /*
     * One event loop, the context's, owns all state but what was heard of live pages, which anybody may ask. On this connection
     * goes nothing but SUBSCRIBE and UNSUBSCRIBE, whose answers come in as messages: the client would take the answer to
     * another command for a message, or the other way round. So it is also by a subscription that the connection is asked
     * whether it is alive. A page is live from the answer to its subscription on; what was missed before is unknown, so it
     * is then told as changed.
     *
     * On a cluster every node passes announcements on, so one node is enough, and another is tried if it goes away.
     */

    private static final Logger LOG = Logger.getLogger(RedisNews.class.getName());

    private static final String ALIVE = "copresence:alive";
    private static final long TICK_MILLIS = 1000;
    private static final int PATIENCE_TICKS = 3;
    private static final int AT_ONCE = 500;

    /** Told for a page of which something may have been missed. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final Vertx vertx;
    private final Context context;
    private final RedisOptions options;
    private final BiConsumer<PagePath, Long> listener;
    private final Map<PagePath, Heard> live = new ConcurrentHashMap<>();
    private final Map<String, Watched> watched = new HashMap<>();

    private @Nullable Redis client;
    private @Nullable RedisConnection connection;
    private final Recurring ticking = new Recurring("The watch over the announcements of Redis");
    private final Recurring hearing = new Recurring("The listening to announcements of Redis");
    private int silentTicks;
    private int failures;
    private boolean waiting;
    private boolean closed;

    /** @param listener is told page and version, on the event loop */
    RedisNews(Vertx vertx, Context context, RedisOptions options, BiConsumer<PagePath, Long> listener) {
        this.vertx = vertx;
        this.context = context;
        this.options = options;
        this.listener = listener;
        context.runOnContext(on -> tick());
    }

    /** What was heard last of a page; null while changes that others make may be missed. */
    @Nullable
    Heard heard(PagePath page) {
        return live.get(page);
    }

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

    void unwatch(PagePath page) {
        context.runOnContext(on -> {
            var channel = new PageKeys(page).channel();
            var known = watched.get(channel);
            if (known != null && --known.watchers == 0) {
                watched.remove(channel);
                live.remove(page);
                if (connection != null) {
                    send(connection, Request.cmd(Command.UNSUBSCRIBE).arg(channel));
                }
            }
        });
    }

    private void subscribe(List<String> channels) {
        if (connection == null) {
            if (client == null && !waiting) {
                connect();
            }
            return;
        }
        for (var from = 0; from < channels.size(); from += AT_ONCE) {
            var request = Request.cmd(Command.SUBSCRIBE);
            channels.subList(from, Math.min(channels.size(), from + AT_ONCE)).forEach(request::arg);
            send(connection, request);
        }
    }

    private void send(RedisConnection open, Request request) {
        open.send(request).onFailure(failure -> lose(open, failure));
    }

    private void tick() {
        if (closed) {
            return;
        }
        vertx.setTimer(TICK_MILLIS, next -> tick());
        ticking.run(this::lookAround);
    }

    /** A connection that is sought and not found in a way that nobody has foreseen is sought again. */
    private void lookAround() {
        if (connection == null) {
            if (client == null && ++silentTicks > PATIENCE_TICKS) {
                silentTicks = 0;
                connect();
            }
            return;
        }
        if (++silentTicks > PATIENCE_TICKS) {
            lose(connection, new StoreUnavailableException("Redis does not answer"));
        } else {
            send(connection, Request.cmd(Command.SUBSCRIBE).arg(ALIVE));
        }
    }

    private void connect() {
        waiting = false;
        if (closed || client != null || watched.isEmpty()) {
            return;
        }
        var trying = Redis.createClient(vertx, ofOneNode());
        client = trying;
        var patience = vertx.setTimer(
                TICK_MILLIS, late -> fail(trying, new StoreUnavailableException("Redis does not answer")));
        trying.connect().onComplete(made -> {
            vertx.cancelTimer(patience);
            if (made.failed()) {
                fail(trying, made.cause());
            } else if (client == trying) {
                connected(trying, made.result());
            }
        });
    }

    private RedisOptions ofOneNode() {
        if (options.getType() != RedisClientType.CLUSTER) {
            return RedisLink.inTurn(options, failures);
        }
        var nodes = options.getEndpoints();
        return new RedisOptions(options)
                .setType(RedisClientType.STANDALONE)
                .setEndpoints(List.of(nodes.get(failures % nodes.size())));
    }

    private void connected(Redis by, RedisConnection open) {
        connection = open;
        silentTicks = 0;
        open.handler(message -> context.runOnContext(on -> hearing.run(() -> hear(new Reply(message)))));
        open.exceptionHandler(failure -> context.runOnContext(on -> fail(by, failure)));
        open.endHandler(end ->
                context.runOnContext(on -> fail(by, new StoreUnavailableException("Redis has closed the connection"))));
        subscribe(List.copyOf(watched.keySet()));
    }

    private void hear(Reply message) {
        silentTicks = 0;
        failures = 0;
        var known = message.size() < 3 ? null : watched.get(message.text(1));
        if (known == null) {
            return;
        }
        switch (message.text(0)) {
            case "subscribe" -> tell(known.page, UNKNOWN);
            case "message" -> tell(known.page, message.number(2));
            default -> {}
        }
    }

    private void tell(PagePath page, long version) {
        live.put(page, new Heard(version));
        listener.accept(page, version);
    }

    private void lose(RedisConnection lost, Throwable reason) {
        if (connection == lost && client != null) {
            fail(client, reason);
        }
    }

    private void fail(Redis failed, Throwable reason) {
        if (client != failed) {
            return;
        }
        client = null;
        connection = null;
        live.clear();
        failed.close();
        if (closed) {
            return;
        }
        if (failures == 0) {
            LOG.warning(() -> "Redis announces nothing until it is back, watched pages are asked for: " + reason);
        }
        var pause = Math.min(TICK_MILLIS, 50L << Math.min(failures, 10));
        failures++;
        waiting = true;
        vertx.setTimer(
                ThreadLocalRandom.current().nextLong(pause / 2, pause), again -> context.runOnContext(on -> connect()));
    }

    /** Ends the connection, and does not look for another. */
    @Override
    public void close() {
        context.runOnContext(on -> {
            closed = true;
            if (client != null) {
                fail(client, new StoreUnavailableException("closed"));
            }
        });
    }

    /** One announcement, which no other is the same as. */
    static final class Heard {

        private final long version;

        private Heard(long version) {
            this.version = version;
        }

        /** Of the page's snapshot then, or more than any if that is not known. */
        long version() {
            return version;
        }
    }

    private static final class Watched {

        final PagePath page;
        int watchers;

        Watched(PagePath page) {
            this.page = page;
        }
    }
}
