package dev.copresence.store.redis;

import dev.copresence.StoreUnavailableException;
import io.vertx.redis.client.ResponseType;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.Set;

/** The ways in which a call to Redis fails, and what each means. */
final class RedisFailures {

    /** The errors that say that Redis, and not the call, is the problem. */
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

    /** The error of a script if the time of the call is long past; a time that others have called at follows it. */
    private static final String BEHIND = "BEHIND";

    /** The error of a script if what is kept here has another format; the number of that follows it. */
    private static final String FORMAT = "FORMAT";

    private RedisFailures() {}

    /** Tells whether a failure means that the connection is of no use any more. */
    static boolean isLoss(Throwable failure) {
        return !(failure instanceof ErrorType error)
                || error.is("CONNECTION_CLOSED")
                || error.is("READONLY")
                || error.is("NOAUTH")
                || error.is(FORMAT);
    }

    /** Tells whether a failure is an error of Redis of that kind. */
    static boolean isOf(Throwable failure, String kind) {
        return failure instanceof ErrorType error && error.is(kind);
    }

    /** The failure as those are told who have called. */
    static Throwable named(Throwable failure) {
        if (failure instanceof StoreUnavailableException) {
            return failure;
        }
        if (failure instanceof ErrorType error && error.is(BEHIND)) {
            return new BehindException(Long.parseLong(error.toString().split(" ", 3)[1]));
        }
        if (failure instanceof ErrorType error && error.is(FORMAT)) {
            return new OtherFormatException(error.toString().split(" ", 3)[1]);
        }
        if (failure instanceof ErrorType error
                && error.type() == ResponseType.ERROR
                && TROUBLE.stream().noneMatch(error::is)) {
            return new IllegalStateException("A script failed: " + error.getMessage());
        }
        return new StoreUnavailableException("Redis says: " + failure.getMessage());
    }
}
