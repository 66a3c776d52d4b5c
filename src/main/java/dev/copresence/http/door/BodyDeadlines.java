package dev.copresence.http.door;

import dev.copresence.PresenceConfig;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The times by which bodies have to be here. All bodies have equally long, so they stand in a queue, of which nobody but the first is
 * looked at: a timer for each would cost as much as the body.
 */
@Singleton
class BodyDeadlines {

    /** The queue of each event loop, touched by that loop alone. */
    private final FastThreadLocal<Queue> queues;

    BodyDeadlines(PresenceConfig config, Vertx vertx, MeterRegistry meters) {
        var clock = meters.config().clock();
        var limit = config.limits().bodyTimeout().toNanos();
        queues = new FastThreadLocal<>() {
            @Override
            protected Queue initialValue() {
                return new Queue(vertx, clock, limit);
            }
        };
    }

    /** Has {@code late} called with a request whose body is not here in time; for requests that have one. */
    void await(RoutingContext context, Consumer<RoutingContext> late) {
        queues.get().add(new Body(context, late));
    }

    /** A body that has not come to its end, as far as is known. */
    private static final class Body {

        private final RoutingContext context;
        private final Consumer<RoutingContext> late;
        private long deadlineNanos;

        Body(RoutingContext context, Consumer<RoutingContext> late) {
            this.context = context;
            this.late = late;
        }
    }

    /** The bodies that one event loop waits for, in the order of their deadlines. */
    private static final class Queue {

        private final Vertx vertx;
        private final Clock clock;
        private final long limitNanos;
        private final Set<Body> bodies = new LinkedHashSet<>();
        private boolean hasTimer;

        Queue(Vertx vertx, Clock clock, long limitNanos) {
            this.vertx = vertx;
            this.clock = clock;
            this.limitNanos = limitNanos;
        }

        void add(Body body) {
            body.deadlineNanos = clock.monotonicTime() + limitNanos;
            bodies.add(body);
            body.context.addEndHandler(ended -> {
                if (body.context.request().isEnded()) {
                    bodies.remove(body);
                } else {
                    // What comes of a body after its answer is thrown away; unread it would hold the connection.
                    body.context.request().resume();
                }
            });
            wake(limitNanos);
        }

        private void wake(long nanos) {
            if (!hasTimer) {
                hasTimer = true;
                vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, due -> look());
            }
        }

        private void look() {
            hasTimer = false;
            var now = clock.monotonicTime();
            while (!bodies.isEmpty()) {
                var first = bodies.iterator().next();
                var left = first.deadlineNanos - now;
                if (left > 0) {
                    wake(left);
                    return;
                }
                bodies.remove(first);
                if (!first.context.request().isEnded()) {
                    first.late.accept(first.context);
                }
            }
        }
    }
}
