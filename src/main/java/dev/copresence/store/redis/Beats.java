package dev.copresence.store.redis;

import dev.copresence.PagePath;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * The heartbeats that move a deadline and nothing else, which are nearly all calls. Those of a moment go to Redis as one script: to
 * be woken, to read and to answer costs it more than a deadline does.
 */
final class Beats {

    /*
     * One event loop, the context's, owns all state. A heartbeat that comes alone goes at once, with others of its turn of the
     * loop; what comes while that is under way waits for its answer, but not for long. So the busier Redis is, the more go
     * together. On a cluster those of one shard do, since a script has one slot.
     */

    private static final long PATIENCE_MILLIS = 5;
    private static final int MOST_TOGETHER = 64;

    private final Vertx vertx;
    private final RedisCalls redis;
    private final boolean isCluster;

    /** The pieces that go next: one of each shard, or one of all. */
    private final HashMap<String, Piece> waiting = new HashMap<>();

    /** True while others are under way, or are about to be sent. */
    private boolean isWaiting;

    /** The number of the times that all that waited was sent. */
    private long rounds;

    Beats(Vertx vertx, RedisCalls redis, boolean isCluster) {
        this.vertx = vertx;
        this.redis = redis;
        this.isCluster = isCluster;
    }

    /**
     * Moves a tab's deadline on a page, if that is all there is to do.
     *
     * @param arguments those of beats.lua
     * @return gives the page's nextExpiry, or 0 if nothing was done; completes and fails like {@link RedisCalls#run}
     */
    Future<Long> send(PagePath page, List<Object> arguments) {
        var answer = Promise.<Long>promise();
        redis.context().runOnContext(on -> add(new PageKeys(page).channel(), arguments, answer));
        return answer.future();
    }

    private void add(String page, List<Object> arguments, Promise<Long> answer) {
        var together = isCluster ? PageKeys.tagOf(page) : "";
        var piece = waiting.computeIfAbsent(together, first -> new Piece());
        piece.add(page, arguments, answer);
        if (piece.isFull()) {
            waiting.remove(together);
            send(List.of(piece));
        }
        if (!isWaiting) {
            isWaiting = true;
            redis.context().runOnContext(on -> sendAll());
        }
    }

    private void sendAll() {
        isWaiting = !waiting.isEmpty();
        if (!isWaiting) {
            return;
        }
        var all = List.copyOf(waiting.values());
        waiting.clear();
        var round = ++rounds;
        var patience = vertx.setTimer(PATIENCE_MILLIS, over -> sendNext(round));
        Future.join(send(all)).onComplete(answered -> {
            vertx.cancelTimer(patience);
            sendNext(round);
        });
    }

    /** Sends what has come while a round was under way, once. */
    private void sendNext(long round) {
        if (round == rounds) {
            sendAll();
        }
    }

    private List<Future<Reply>> send(List<Piece> pieces) {
        var answers = redis.runTogether(
                Script.BEATS, pieces.stream().map(piece -> piece.input).toList());
        for (var i = 0; i < pieces.size(); i++) {
            answers.get(i).onComplete(pieces.get(i)::answer);
        }
        return answers;
    }

    /** The heartbeats of one script. */
    private static final class Piece {

        final ScriptInput input = new ScriptInput(new ArrayList<>(), new ArrayList<>());
        private final List<Promise<Long>> answers = new ArrayList<>();

        void add(String page, List<Object> arguments, Promise<Long> answer) {
            input.keys().add(page);
            input.arguments().addAll(arguments);
            answers.add(answer);
        }

        boolean isFull() {
            return answers.size() == MOST_TOGETHER;
        }

        void answer(AsyncResult<Reply> reply) {
            for (var i = 0; i < answers.size(); i++) {
                if (reply.succeeded()) {
                    answers.get(i).complete(reply.result().number(i));
                } else {
                    answers.get(i).fail(reply.cause());
                }
            }
        }
    }
}
