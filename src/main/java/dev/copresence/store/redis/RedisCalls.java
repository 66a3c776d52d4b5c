package dev.copresence.store.redis;

import dev.copresence.Recurring;
import dev.copresence.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisCluster;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The calls to Redis: all share one connection, or one to each node of a cluster. A call is answered within a second or
 * fails; while Redis is away calls fail at once.
 */
final class RedisCalls implements AutoCloseable {

    /*
     * One event loop, that of the context, sends all calls and handles all answers, in the order in which Redis has
     * executed the calls of a page; the state below is its own. Calls come from any thread. Since commands follow one
     * another without waiting, many calls at once are as good as a batch.
     *
     * One connection answers in the order of the calls. So if a later call was answered and an earlier one was not, they
     * went to two nodes of a cluster, and that of the earlier one may have been replaced without a word to us.
     *
     * Redis executes what was sent, also after nobody waits for it any more. So what it cannot answer in time is not sent: when
     * answers come late, all but a few calls fail at once until Redis has caught up. It is busy all the while, with calls that
     * somebody still waits for.
     */

    private static final Logger LOG = Logger.getLogger(RedisCalls.class.getName());

    private static final int MAX_UNANSWERED = 8192;
    private static final long TICK_MILLIS = 100;
    private static final int PATIENCE_TICKS = 10;

    /** The age of an answer from which on few calls may wait for one. */
    private static final int LATE_TICKS = 5;

    private static final int MAX_UNANSWERED_WHILE_LATE = 256;

    /** The time for which one node of several may be silent before another way is looked for. */
    private static final int PATIENCE_WITH_A_NODE_TICKS = 30;

    private final Vertx vertx;
    private final Context context;
    private final Function<ScriptRunner, Future<?>> greeting;
    private final RedisConnector connector;

    /** The calls that wait for their answers, in the order in which they were sent. */
    private final Set<Call> unanswered = new LinkedHashSet<>();

    /** True once the present connection, or the one that it replaces, was greeted: from then on all may call. */
    private boolean greeted;

    private long ticks;
    private long sent;

    /** True if scripts announce changes by their slots. Written on the event loop. */
    private volatile boolean announcesBySlots;

    /** The tick of the last answer. A connection on which answers come is good, however late they are. */
    private long answeredAt;

    /** True if the last answer has come late. */
    private boolean late;

    /** The number of the latest call among those that were answered. On one connection all before it were, too. */
    private long latestAnswered;

    private boolean closed;

    /** The number of connections that were lost or not made. The first may just have been slow, when everything starts. */
    private int losses;

    private final Promise<Void> met = Promise.promise();
    private final Recurring ticking = new Recurring("The watch over the connection to Redis");

    /** @param greeting what to ask on a new connection before anybody else does; if it fails the connection is no good */
    RedisCalls(Vertx vertx, RedisOptions options, Function<ScriptRunner, Future<?>> greeting) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.greeting = greeting;
        var ample = new RedisOptions(options).setMaxWaitingHandlers(MAX_UNANSWERED * 2);
        this.connector = new RedisConnector(
                vertx, context, turn -> RedisConnector.inTurn(ample, turn), 2 * PATIENCE_TICKS, new Connection());
    }

    /** Begins to look for Redis; to be called once, when whoever greets it is whole. */
    void open() {
        context.runOnContext(on -> {
            connector.seek();
            tick();
        });
    }

    /**
     * Completes once a first connection was made and greeted, or could not be; fails with {@link OtherFormatException} if that
     * is what it has found.
     */
    Future<Void> met() {
        return met.future();
    }

    /** Has scripts announce changes by their slots from now on. */
    void announceBySlots() {
        announcesBySlots = true;
    }

    /** The context on whose event loop all answers are handled. */
    Context context() {
        return context;
    }

    /**
     * Runs a script.
     *
     * @param arguments texts, numbers and buffers
     * @return completes on the event loop; fails with {@link StoreUnavailableException} if Redis does not answer
     */
    Future<Reply> run(Script script, List<String> keys, List<?> arguments) {
        return run(script, keys, arguments, false).map(Reply::new);
    }

    /**
     * Runs a script that does no harm if it runs twice, once for each of the inputs; on a cluster what one node has to do is written
     * in one piece. To be called on the event loop; otherwise it is like {@link #run}.
     */
    List<Future<Reply>> runTogether(Script script, List<ScriptInput> inputs) {
        var text = script.text(announcesBySlots);
        var calls = inputs.stream()
                .map(input -> new Call(request(Command.EVALSHA, text.sha(), input.keys(), input.arguments())))
                .toList();
        sendTogether(calls);
        return IntStream.range(0, calls.size())
                .mapToObj(i -> {
                    var input = inputs.get(i);
                    var answer = calls.get(i).promise.future();
                    return known(answer, text, input.keys(), input.arguments(), false)
                            .map(Reply::new);
                })
                .toList();
    }

    /** Sends a command; otherwise like {@link #run}. */
    Future<Response> ask(Request request) {
        return send(request, false).recover(failure -> Future.failedFuture(RedisFailures.named(failure)));
    }

    private Future<Response> run(Script script, List<String> keys, List<?> arguments, boolean isGreeting) {
        var text = script.text(announcesBySlots);
        var answer = send(request(Command.EVALSHA, text.sha(), keys, arguments), isGreeting);
        return known(answer, text, keys, arguments, isGreeting);
    }

    /** The answer of a script, which is sent in full if Redis has not seen it. */
    private Future<Response> known(
            Future<Response> answer, Script.Text text, List<String> keys, List<?> arguments, boolean isGreeting) {
        return answer.recover(failure -> RedisFailures.isOf(failure, "NOSCRIPT")
                        ? send(request(Command.EVAL, text.lua(), keys, arguments), isGreeting)
                        : Future.failedFuture(failure))
                .recover(failure -> Future.failedFuture(RedisFailures.named(failure)));
    }

    private static Request request(Command command, String script, List<String> keys, List<?> arguments) {
        var request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        for (var argument : arguments) {
            if (argument instanceof Buffer bytes) {
                request.arg(bytes);
            } else {
                request.arg(argument.toString());
            }
        }
        return request;
    }

    private Future<Response> send(Request request, boolean isGreeting) {
        var call = new Call(request);
        context.runOnContext(on -> {
            var open = openFor(call, isGreeting);
            if (open != null) {
                send(open, call);
            }
        });
        return call.promise.future();
    }

    /** The connection by which a call may be sent; null if it may not, which it then has been told. */
    private @Nullable RedisConnection openFor(Call call, boolean isGreeting) {
        var open = connector.connection();
        if (open == null || !greeted && !isGreeting) {
            call.promise.fail(new StoreUnavailableException("Redis is away"));
        } else if (unanswered.size() >= MAX_UNANSWERED) {
            call.promise.fail(new StoreUnavailableException("Redis has too many calls to answer"));
        } else if (late && unanswered.size() >= MAX_UNANSWERED_WHILE_LATE) {
            call.promise.fail(new StoreUnavailableException("Redis is behind with its answers"));
        } else {
            return open;
        }
        return null;
    }

    /** Sends calls that may be made twice, and more than one of them on a cluster alone; on the event loop. */
    private void sendTogether(List<Call> calls) {
        var open = connector.connection();
        var sendable =
                calls.stream().filter(call -> openFor(call, false) != null).toList();
        if (open == null || sendable.size() < 2) {
            sendable.forEach(call -> send(Objects.requireNonNull(open), call));
            return;
        }
        sendable.forEach(this::noteSent);
        var ofRequests = new IdentityHashMap<Request, Call>();
        sendable.forEach(call -> ofRequests.put(call.request, call));
        RedisCluster.create(open)
                .groupByNodes(sendable.stream().map(call -> call.request).toList())
                .onSuccess(nodes -> nodes.forEach(
                        node -> write(open, node.stream().map(ofRequests::get).toList())))
                .onFailure(failure -> sendable.forEach(call -> {
                    unanswered.remove(call);
                    call.promise.tryFail(failure);
                }));
    }

    /** Writes calls to one node. */
    private void write(RedisConnection open, List<Call> calls) {
        open.batch(calls.stream().map(call -> call.request).toList()).onComplete(answers -> {
            calls.forEach(this::noteAnswered);
            if (answers.succeeded()) {
                for (var i = 0; i < calls.size(); i++) {
                    calls.get(i).promise.tryComplete(answers.result().get(i));
                }
            } else if (connector.connection() == open && !RedisFailures.isLoss(answers.cause())) {
                // One of them has failed, and the client does not say which, nor how the others were answered.
                calls.stream()
                        .filter(call -> !call.promise.future().isComplete())
                        .forEach(call -> send(open, call));
            } else {
                calls.forEach(call -> call.promise.tryFail(answers.cause()));
                connector.lose(open, RedisFailures.named(answers.cause()));
            }
        });
    }

    private void noteSent(Call call) {
        call.since = ticks;
        call.number = ++sent;
        unanswered.add(call);
    }

    private void noteAnswered(Call call) {
        answeredAt = ticks;
        late = ticks - call.since > LATE_TICKS;
        latestAnswered = Math.max(latestAnswered, call.number);
        unanswered.remove(call);
    }

    private void send(RedisConnection open, Call call) {
        noteSent(call);
        open.send(call.request).onComplete(answer -> {
            noteAnswered(call);
            // Not if the connection was given up meanwhile, and the call with it.
            if (answer.succeeded()) {
                call.promise.tryComplete(answer.result());
            } else {
                call.promise.tryFail(answer.cause());
            }
            if (answer.failed() && RedisFailures.isLoss(answer.cause())) {
                connector.lose(open, RedisFailures.named(answer.cause()));
            }
        });
    }

    /** Each tick asks for the next, so that a process that slept has not lost its patience when it wakes. */
    private void tick() {
        if (closed) {
            return;
        }
        vertx.setTimer(TICK_MILLIS, next -> tick());
        ticking.run(this::lookAround);
    }

    private void lookAround() {
        ticks++;
        connector.tick();
        var overdue = false;
        var isNodeSilent = false;
        for (var call : unanswered) {
            if (ticks - call.since <= PATIENCE_TICKS) {
                break;
            }
            overdue = true;
            isNodeSilent |= ticks - call.since > PATIENCE_WITH_A_NODE_TICKS && call.number < latestAnswered;
            call.promise.tryFail(new StoreUnavailableException("Redis does not answer"));
        }
        var open = connector.connection();
        if (overdue && ticks - answeredAt > PATIENCE_TICKS && open != null) {
            connector.lose(open, new StoreUnavailableException("Redis does not answer"));
        } else if (isNodeSilent) {
            connector.seekSuccessor();
        }
    }

    private void greet(RedisConnection open) {
        greeted().onComplete(answer -> {
            if (answer.failed()) {
                if (answer.cause() instanceof OtherFormatException other) {
                    met.tryFail(other);
                }
                connector.lose(open, answer.cause());
            } else if (connector.connection() == open) {
                greeted = true;
                met.tryComplete();
                if (connector.isGoodAgain()) {
                    LOG.info("Redis is back");
                }
            }
        });
    }

    private Future<?> greeted() {
        try {
            return greeting.apply((script, keys, arguments) ->
                    run(script, keys, arguments, true).map(Reply::new));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void failUnanswered() {
        var failing = List.copyOf(unanswered);
        unanswered.clear();
        failing.forEach(call -> call.promise.tryFail(new StoreUnavailableException("Redis does not answer")));
    }

    /** Ends the connection, and does not look for another. */
    @Override
    public void close() {
        context.runOnContext(on -> {
            closed = true;
            connector.close();
        });
    }

    /** The connector's owner: these calls. */
    private final class Connection implements RedisConnector.Owner {

        @Override
        public boolean isWanted() {
            return true;
        }

        @Override
        public void connected(RedisConnection open) {
            // What waits was sent to a node that is silent.
            failUnanswered();
            greet(open);
        }

        @Override
        public void lost(Throwable reason, boolean isNews) {
            greeted = false;
            if (++losses > 1) {
                met.tryComplete();
            }
            failUnanswered();
            if (isNews) {
                LOG.warning(() -> "Redis is away, calls are refused until it is back: " + reason);
            }
        }
    }

    /** A call, from when it is made to its answer. */
    private static final class Call {

        final Request request;
        final Promise<Response> promise = Promise.promise();
        long since;
        long number;

        Call(Request request) {
            this.request = request;
        }
    }
}
