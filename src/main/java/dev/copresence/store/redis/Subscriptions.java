package dev.copresence.store.redis;

import static java.util.stream.Collectors.groupingBy;

import dev.copresence.Recurring;
import dev.copresence.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** The channels that are listened to on one node of Redis, over a connection that carries nothing else. */
final class Subscriptions implements AutoCloseable {

    /*
     * One event loop, the context's, owns all state. On this connection goes nothing but subscribing and unsubscribing, whose
     * answers come in as messages: the client would take the answer to another command for a message, or the other way round. So
     * it is also by a subscription that the connection is asked whether it is alive.
     */

    /** The one who is told of what comes, on the event loop. */
    interface Listener {

        /** Takes note that from now on nothing that is announced on the channel is missed. */
        void began(String channel);

        /** Takes note of an announcement. */
        void announced(String channel, long version);

        /** Takes note that the node no longer has the channel, or never had it. */
        void moved();

        /**
         * Takes note that nothing is heard of these channels until they begin again.
         *
         * @param isNews false if another attempt has failed since the last good connection, or the end was asked for
         */
        void lost(Set<String> channels, Throwable reason, boolean isNews);

        /** Takes note that the user of Redis may not listen. */
        void refused(String reason);
    }

    private static final String ALIVE = "copresence:alive";
    private static final int PATIENCE_TICKS = 3;
    private static final int SUBSCRIBED_AT_ONCE = 500;

    private final Context context;
    private final boolean sharded;
    private final Listener listener;
    private final RedisConnector connector;
    private final Set<String> channels = new HashSet<>();
    private final Recurring listening = new Recurring("The listening to announcements of Redis");
    private int silentTicks;

    /**
     * Subscriptions to nothing yet.
     *
     * @param optionsOfTry gives what to connect to, for the number of the attempt
     * @param sharded whether channels are those of the slots of a cluster, which only the node of the slot announces
     */
    Subscriptions(
            Vertx vertx, Context context, IntFunction<RedisOptions> optionsOfTry, boolean sharded, Listener listener) {
        this.context = context;
        this.sharded = sharded;
        this.listener = listener;
        this.connector = new RedisConnector(vertx, context, optionsOfTry, PATIENCE_TICKS, new Connection());
    }

    /** Begins to listen to channels. */
    void add(List<String> more) {
        channels.addAll(more);
        subscribe(more);
    }

    /** Ends what {@link #add} has begun. */
    void remove(String channel) {
        var open = connector.connection();
        if (channels.remove(channel) && open != null) {
            send(
                    open,
                    Request.cmd(sharded ? Command.SUNSUBSCRIBE : Command.UNSUBSCRIBE)
                            .arg(channel));
        }
    }

    /** The channels that it listens to, or would if there was a connection. */
    Set<String> channels() {
        return channels;
    }

    private void subscribe(List<String> more) {
        var open = connector.connection();
        if (open == null) {
            connector.seek();
            return;
        }
        // The channels of one command have to be in one slot, if it is about slots.
        var parts = sharded ? more.stream().collect(groupingBy(PageKeys::tagOf)).values() : List.of(more);
        for (var part : parts) {
            for (var from = 0; from < part.size(); from += SUBSCRIBED_AT_ONCE) {
                var request = Request.cmd(sharded ? Command.SSUBSCRIBE : Command.SUBSCRIBE);
                part.subList(from, Math.min(part.size(), from + SUBSCRIBED_AT_ONCE))
                        .forEach(request::arg);
                send(open, request);
            }
        }
    }

    private void send(RedisConnection open, Request request) {
        open.send(request).onFailure(failure -> connector.lose(open, failure));
    }

    /** Looks, once a second, whether the connection is alive. */
    void lookAround() {
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

    private void onMessage(Response response) {
        silentTicks = 0;
        connector.isGoodAgain();
        if (response.type() == ResponseType.ERROR) {
            onError(response.toString());
            return;
        }
        var message = new Reply(response);
        var channel = message.size() < 3 ? "" : message.text(1);
        if (!channels.contains(channel)) {
            return;
        }
        switch (message.text(0)) {
            case "subscribe", "ssubscribe" -> listener.began(channel);
            case "message", "smessage" -> listener.announced(channel, message.number(2));
            case "sunsubscribe" -> {
                channels.remove(channel);
                listener.lost(Set.of(channel), new StoreUnavailableException("a slot has moved"), false);
                listener.moved();
            }
            default -> {}
        }
    }

    private void onError(String error) {
        if (error.startsWith("NOPERM")) {
            listener.refused(error);
        } else {
            // MOVED, CLUSTERDOWN: which of the channels it was it does not say.
            listener.moved();
        }
    }

    /** Ends the connection, and does not look for another. */
    @Override
    public void close() {
        connector.close();
    }

    /** The connector's owner: these subscriptions. */
    private final class Connection implements RedisConnector.Owner {

        @Override
        public boolean isWanted() {
            return !channels.isEmpty();
        }

        @Override
        public void connected(RedisConnection open) {
            silentTicks = 0;
            open.handler(message -> context.runOnContext(on -> listening.run(() -> onMessage(message))));
            subscribe(List.copyOf(channels));
        }

        @Override
        public void lost(Throwable reason, boolean isNews) {
            listener.lost(channels, reason, isNews);
        }
    }
}
