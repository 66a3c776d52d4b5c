package dev.copresence.store.redis;

import dev.copresence.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A connection to Redis that comes back by itself: whenever it is lost another is sought, with pauses of a second at most. */
final class RedisConnector {

    /*
     * All methods are called on one event loop, the context's, which owns the state and calls the owner back.
     *
     * Each connection has a client of its own: closing that is the only way to be rid of a connection for good.
     */

    /** The one who uses the connection. */
    interface Owner {

        /** Tells whether a connection is to be sought at all. */
        boolean isWanted();

        /** Takes a new connection, instead of the one before if there was one. */
        void connected(RedisConnection connection);

        /**
         * Takes note that there is no connection now.
         *
         * @param isNews false if another attempt has failed since the last good connection, or the end was asked for
         */
        void lost(Throwable reason, boolean isNews);
    }

    private static final Logger LOG = Logger.getLogger(RedisConnector.class.getName());

    private static final long PATIENCE_MILLIS = 1000;
    private static final long MAX_PAUSE_MILLIS = 1000;

    private final Vertx vertx;
    private final Context context;
    private final IntFunction<RedisOptions> optionsOfTry;
    private final int patienceTicks;
    private final Owner owner;

    /** The client of the connection, or of the one that is being made; null while there is neither. */
    private @Nullable Redis client;

    private @Nullable RedisConnection connection;

    /** The client that replaces the present one once it is connected, since a node is silent; null if none is. */
    private @Nullable Redis successor;

    /** True while a timer is going to seek a connection. */
    private boolean isPausing;

    private int failures;
    private int tries;
    private int ticksWithout;
    private boolean closed;

    /**
     * A connector that seeks nothing yet.
     *
     * @param optionsOfTry gives what to connect to, for the number of the attempt, from 0 on
     * @param patienceTicks after how many ticks without a connection, and without anybody who seeks one, one is sought
     */
    RedisConnector(
            Vertx vertx, Context context, IntFunction<RedisOptions> optionsOfTry, int patienceTicks, Owner owner) {
        this.vertx = vertx;
        this.context = context;
        this.optionsOfTry = optionsOfTry;
        this.patienceTicks = patienceTicks;
        this.owner = owner;
    }

    /** The connection, or null while there is none. */
    @Nullable
    RedisConnection connection() {
        return connection;
    }

    /** Seeks a connection, unless there is one or somebody is about to. */
    void seek() {
        if (!isPausing) {
            connect();
        }
    }

    /**
     * Seeks a connection now and then if there is none. So one is found, too, after the search has failed in a way that nobody
     * has foreseen.
     */
    void tick() {
        if (client != null) {
            ticksWithout = 0;
        } else if (++ticksWithout > patienceTicks) {
            ticksWithout = 0;
            connect();
        }
    }

    private void connect() {
        isPausing = false;
        if (closed || client != null || !owner.isWanted()) {
            return;
        }
        var trying = Redis.createClient(vertx, optionsOfTry.apply(tries++));
        client = trying;
        var patience = vertx.setTimer(
                PATIENCE_MILLIS, late -> fail(trying, new StoreUnavailableException("Redis does not answer")));
        trying.connect().onComplete(made -> {
            vertx.cancelTimer(patience);
            if (made.failed()) {
                fail(trying, made.cause());
            } else if (client == trying) {
                connected(trying, made.result());
            }
        });
    }

    private void connected(Redis by, RedisConnection open) {
        connection = open;
        open.exceptionHandler(failure -> context.runOnContext(on -> fail(by, failure)));
        open.endHandler(end ->
                context.runOnContext(on -> fail(by, new StoreUnavailableException("Redis has closed the connection"))));
        owner.connected(open);
    }

    /** Looks for a way past a node that may have been replaced, while the others are still asked on the present connection. */
    void seekSuccessor() {
        if (connection == null || successor != null) {
            return;
        }
        var trying = Redis.createClient(vertx, optionsOfTry.apply(tries++));
        successor = trying;
        var patience = vertx.setTimer(PATIENCE_MILLIS, late -> giveUp(trying));
        trying.connect().onComplete(made -> {
            vertx.cancelTimer(patience);
            if (made.failed() || successor != trying || client == null) {
                giveUp(trying);
                return;
            }
            LOG.info("A node of Redis is silent, the others are connected anew");
            successor = null;
            var silent = client;
            client = trying;
            connected(trying, made.result());
            silent.close();
        });
    }

    /** Does so once: a client that is closed a second time throws. */
    private void giveUp(Redis trying) {
        if (successor == trying) {
            successor = null;
            trying.close();
        }
    }

    /** Takes note that the present connection is good; gives whether there were failures before it. */
    boolean isGoodAgain() {
        var hadFailed = failures > 0;
        failures = 0;
        return hadFailed;
    }

    /** Gives up a connection, and seeks another; nothing if it is not the present one. */
    void lose(RedisConnection lost, Throwable reason) {
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
        ticksWithout = 0;
        failed.close();
        if (successor != null) {
            giveUp(successor);
        }
        owner.lost(reason, failures == 0 && !closed);
        if (closed) {
            return;
        }
        var pause = Math.min(MAX_PAUSE_MILLIS, 50L << Math.min(failures, 10));
        failures++;
        isPausing = true;
        vertx.setTimer(
                ThreadLocalRandom.current().nextLong(pause / 2, pause), again -> context.runOnContext(on -> connect()));
    }

    /** Ends the connection, and does not seek another. */
    void close() {
        closed = true;
        if (client != null) {
            fail(client, new StoreUnavailableException("closed"));
        }
    }

    /**
     * The options with another of their endpoints as the first of those that are asked where Redis is: the client waits
     * for each of them, and would not come to the second while the first one hangs.
     */
    static RedisOptions inTurn(RedisOptions options, int turn) {
        var endpoints = new ArrayList<>(options.getEndpoints());
        if (options.getType() != RedisClientType.STANDALONE) {
            Collections.rotate(endpoints, -turn);
        }
        return new RedisOptions(options).setEndpoints(endpoints);
    }
}
