package dev.copresence.store.redis;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * The gathering of calls that come in one moment, so that they are written in one piece: to be woken, to read and to answer costs
 * Redis more than a short script does.
 */
final class Gathering {

    /*
     * One event loop, the context's, owns all state. Calls wait for the turn of the loop that they have come in; while many come,
     * they wait for two milliseconds. On a cluster those of one shard go together, since they have one slot.
     */

    /** The calls of a tenth of a second from which on they wait for others. */
    private static final int MANY = 100;

    private static final long PATIENCE_MILLIS = 2;
    private static final int MOST_TOGETHER = 64;

    private final Vertx vertx;
    private final Context context;
    private final boolean isCluster;
    private final Consumer<List<RedisCalls.Call>> sender;
    private final HashMap<String, List<RedisCalls.Call>> waiting = new HashMap<>();

    /** The number of calls since the last tick. */
    private int calls;

    private boolean isBusy;

    /** @param sender sends calls, of one slot each time, on the event loop */
    Gathering(Vertx vertx, Context context, boolean isCluster, Consumer<List<RedisCalls.Call>> sender) {
        this.vertx = vertx;
        this.context = context;
        this.isCluster = isCluster;
        this.sender = sender;
    }

    /** Takes note that a tenth of a second is over; to be called on the event loop. */
    void tick() {
        isBusy = calls >= MANY;
        calls = 0;
    }

    /** Sends a request on a key, with others if there are any. */
    Future<Response> send(Request request, String key) {
        var call = new RedisCalls.Call(request);
        context.runOnContext(on -> add(call, isCluster ? PageKeys.tagOf(key) : ""));
        return call.promise.future();
    }

    private void add(RedisCalls.Call call, String slot) {
        calls++;
        if (waiting.isEmpty()) {
            if (isBusy) {
                vertx.setTimer(PATIENCE_MILLIS, due -> flush());
            } else {
                context.runOnContext(on -> flush());
            }
        }
        var together = waiting.computeIfAbsent(slot, first -> new ArrayList<>());
        together.add(call);
        if (together.size() == MOST_TOGETHER) {
            waiting.put(slot, new ArrayList<>());
            sender.accept(together);
        }
    }

    private void flush() {
        var all = List.copyOf(waiting.values());
        waiting.clear();
        all.stream().filter(together -> !together.isEmpty()).forEach(sender);
    }
}
