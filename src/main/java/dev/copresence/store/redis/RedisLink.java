package dev.copresence.store.redis;

import dev.copresence.Recurring;
import dev.copresence.StoreUnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The way to Redis: one connection, or one to each node of a cluster, that all calls share. A call is answered within a
 * second or fails; while Redis is away calls fail at once, and the way is looked for again and again.
 */
final class RedisLink implements AutoCloseable {

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

    private static final Logger LOG = Logger.getLogger(RedisLink.class.getName());

    /** What Redis says when it, and not the call, is the problem. */
    private static final Set<String> TROUBLE = Set.of(
            "CONNECTION_CLOSED",
            "LOADING",
            "READONLY",
            "MASTERDOWN",
            "CLUSTERDOWN",
            "TRYAGAIN",
            "NOREPLICAS",
            "BUSY",
            "OOM",
            "MISCONF",
            "NOAUTH",
            "WRONGPASS",
            "NOPERM");

    /** What a script says if the time of the call is long past, and a time that others have called at. */
    private static final String BEHIND = "BEHIND";

    private static final int MAX_WAITING = 8192;
    private static final long TICK_MILLIS = 100;
    private static final int PATIENCE_TICKS = 10;

    /** While answers come later than this, few calls may wait for one. */
    private static final int LATE_TICKS = 5;

    private static final int MAX_WAITING_FOR_LATE = 256;

    /** How long one node of several may be silent before another way is looked for. */
    private static final int PATIENCE_WITH_A_NODE_TICKS = 30;

    private static final long MAX_PAUSE_MILLIS = 1000;

    private final Vertx vertx;
    private final Context context;
    private final RedisOptions options;
    private final Function<RedisLink, Future<?>> greeting;

    /** In the order in which they were sent. */
    private final Set<Call> waiting = new LinkedHashSet<>();

    private @Nullable Redis client;
    private @Nullable RedisConnection connection;
    private boolean greeted;

    /** What the client is replaced by once it is connected, since one of the nodes is silent; null if none is. */
    private @Nullable Redis successor;

    private long ticks;
    private long sent;

    /** When the last answer has come, in ticks. A connection on which answers come is good, however late they are. */
    private long answered;

    /** Whether the last answer has come late. */
    private boolean late;

    /** The number of the latest call among those that were answered. On one connection all before it were, too. */
    private long latestAnswered;

    private int failures;
    private int tries;
    private boolean closed;

    /** The tick from which on a connection is sought if there is none and no timer has done so. */
    private long connectAt;

    private final Recurring ticking = new Recurring("The watch over the connection to Redis");

    /** @param greeting what to ask on a new connection before anybody else does; if it fails the connection is no good */
    RedisLink(Vertx vertx, RedisOptions options, Function<RedisLink, Future<?>> greeting) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.options = new RedisOptions(options).setMaxWaitingHandlers(MAX_WAITING * 2);
        this.greeting = greeting;
        context.runOnContext(on -> {
            connect();
            tick();
        });
    }

    /** Where all answers are handled. */
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

    /** Runs a script that answers with a number, or with nothing, which is 0; otherwise like {@link #run}. */
    Future<Long> runForNumber(Script script, List<String> keys, List<?> arguments) {
        return run(script, keys, arguments, false)
                .map(answer -> answer == null ? 0L : Objects.requireNonNullElse(answer.toLong(), 0L));
    }

    /** Like {@link #run}, for the greeting alone. */
    Future<Reply> greet(Script script, List<String> keys, List<?> arguments) {
        return run(script, keys, arguments, true).map(Reply::new);
    }

    /** Sends a command; otherwise like {@link #run}. */
    Future<Response> ask(Request request) {
        return send(request, false).recover(failure -> Future.failedFuture(named(failure)));
    }

    private Future<Response> run(Script script, List<String> keys, List<?> arguments, boolean greeting) {
        return send(request(Command.EVALSHA, script.sha, keys, arguments), greeting)
                .recover(failure -> isOf(failure, "NOSCRIPT")
                        ? send(request(Command.EVAL, script.text, keys, arguments), greeting)
                        : Future.failedFuture(failure))
                .recover(failure -> Future.failedFuture(named(failure)));
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

    private Future<Response> send(Request request, boolean greeting) {
        var call = new Call();
        context.runOnContext(on -> {
            if (connection == null || !greeted && !greeting) {
                call.promise.fail(new StoreUnavailableException("Redis is away"));
            } else if (waiting.size() >= MAX_WAITING) {
                call.promise.fail(new StoreUnavailableException("Redis has too many calls to answer"));
            } else if (late && waiting.size() >= MAX_WAITING_FOR_LATE) {
                call.promise.fail(new StoreUnavailableException("Redis is behind with its answers"));
            } else {
                send(connection, request, call);
            }
        });
        return call.promise.future();
    }

    private void send(RedisConnection open, Request request, Call call) {
        call.since = ticks;
        call.number = ++sent;
        waiting.add(call);
        open.send(request).onComplete(answer -> {
            answered = ticks;
            late = ticks - call.since > LATE_TICKS;
            latestAnswered = Math.max(latestAnswered, call.number);
            waiting.remove(call);
            // Not if the connection was given up meanwhile, and the call with it.
            if (answer.succeeded()) {
                call.promise.tryComplete(answer.result());
            } else {
                call.promise.tryFail(answer.cause());
            }
            if (answer.failed() && isLoss(answer.cause())) {
                lose(open, answer.cause());
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
        if (client == null && ticks >= connectAt) {
            connect();
        }
        var overdue = false;
        var isNodeSilent = false;
        for (var call : waiting) {
            if (ticks - call.since <= PATIENCE_TICKS) {
                break;
            }
            overdue = true;
            isNodeSilent |= ticks - call.since > PATIENCE_WITH_A_NODE_TICKS && call.number < latestAnswered;
            call.promise.tryFail(new StoreUnavailableException("Redis does not answer"));
        }
        if (overdue && ticks - answered > PATIENCE_TICKS && connection != null) {
            lose(connection, new StoreUnavailableException("Redis does not answer"));
        } else if (isNodeSilent && connection != null && successor == null) {
            seekSuccessor();
        }
    }

    /** Looks for a way past a node that may have been replaced, while the others are still asked on the present one. */
    private void seekSuccessor() {
        var trying = Redis.createClient(vertx, inTurn(options, ++tries));
        successor = trying;
        var patience = vertx.setTimer(TICK_MILLIS * PATIENCE_TICKS, late -> giveUp(trying));
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
            failUnanswered();
        });
    }

    /** Once: a client that is closed a second time throws. */
    private void giveUp(Redis trying) {
        if (successor == trying) {
            successor = null;
            trying.close();
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

    /** If this fails in a way that nobody has foreseen, a tick tries again. */
    private void connect() {
        if (closed || client != null) {
            return;
        }
        // A client of its own for each connection: closing one is the only way to be rid of a connection for good.
        connectAt = ticks + PATIENCE_TICKS;
        var trying = Redis.createClient(vertx, inTurn(options, tries++));
        client = trying;
        var patience = vertx.setTimer(
                TICK_MILLIS * PATIENCE_TICKS,
                late -> fail(trying, new StoreUnavailableException("Redis does not answer")));
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
        greeted().onComplete(answer -> {
            if (answer.failed()) {
                fail(by, answer.cause());
            } else if (connection == open) {
                greeted = true;
                if (failures > 0) {
                    LOG.info("Redis is back");
                }
                failures = 0;
            }
        });
    }

    private Future<?> greeted() {
        try {
            return greeting.apply(this);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
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
        greeted = false;
        connectAt = ticks + 2 * PATIENCE_TICKS;
        failed.close();
        if (successor != null) {
            giveUp(successor);
        }
        failUnanswered();
        if (closed) {
            return;
        }
        if (failures == 0) {
            LOG.warning(() -> "Redis is away, calls are refused until it is back: " + reason);
        }
        var pause = Math.min(MAX_PAUSE_MILLIS, 50L << Math.min(failures, 10));
        failures++;
        vertx.setTimer(
                ThreadLocalRandom.current().nextLong(pause / 2, pause), again -> context.runOnContext(on -> connect()));
    }

    private void failUnanswered() {
        var unanswered = List.copyOf(waiting);
        waiting.clear();
        unanswered.forEach(call -> call.promise.tryFail(new StoreUnavailableException("Redis does not answer")));
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

    private static boolean isLoss(Throwable failure) {
        return !(failure instanceof ErrorType error)
                || error.is("CONNECTION_CLOSED")
                || error.is("READONLY")
                || error.is("NOAUTH");
    }

    private static boolean isOf(Throwable failure, String kind) {
        return failure instanceof ErrorType error && error.is(kind);
    }

    private static Throwable named(Throwable failure) {
        if (failure instanceof StoreUnavailableException) {
            return failure;
        }
        if (failure instanceof ErrorType error && error.is(BEHIND)) {
            return new BehindException(Long.parseLong(error.toString().split(" ", 3)[1]));
        }
        if (failure instanceof ErrorType error
                && error.type() == ResponseType.ERROR
                && TROUBLE.stream().noneMatch(error::is)) {
            return new IllegalStateException("A script failed: " + error.getMessage());
        }
        return new StoreUnavailableException("Redis says: " + failure.getMessage());
    }

    private static final class Call {

        final Promise<Response> promise = Promise.promise();
        long since;
        long number;
    }
}
