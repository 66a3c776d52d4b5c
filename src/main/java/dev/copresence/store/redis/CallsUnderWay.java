package dev.copresence.store.redis;

import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.UserId;
import io.vertx.core.Future;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The number of calls of each user that wait for Redis. Nobody may have more than {@value #MOST}: who asks faster than
 * Redis answers would otherwise make everybody wait.
 */
final class CallsUnderWay {

    /** The most calls of one user: as many as a user may have tabs, and twice what one batch brings. */
    static final int MOST = 100;

    private final ConcurrentHashMap<UserId, Integer> calls = new ConcurrentHashMap<>();

    /** Makes a call; fails with {@link LimitExceededException}, and makes none, if the user has too many under way. */
    <T> Future<T> of(UserId user, Supplier<Future<T>> call) {
        if (calls.merge(user, 1, Integer::sum) > MOST) {
            end(user);
            return Future.failedFuture(new LimitExceededException(Limit.CALLS_PER_USER));
        }
        try {
            return call.get().onComplete(done -> end(user));
        } catch (RuntimeException e) {
            end(user);
            throw e;
        }
    }

    private void end(UserId user) {
        calls.computeIfPresent(user, (known, under) -> under == 1 ? null : under - 1);
    }
}
