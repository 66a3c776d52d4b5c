package dev.copresence.wiring;

import dev.copresence.Monotonic;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.SessionBoard;
import dev.copresence.store.memory.InMemoryPresenceStore;
import dev.copresence.store.memory.LocalSessionBoard;
import dev.copresence.store.redis.RedisPresenceStore;
import dev.copresence.store.redis.SharedClock;
import io.quarkus.arc.ClientProxy;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import jakarta.validation.ClockProvider;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/** The parts that the others are given: the clocks and the store. */
class Producers {

    /** The clock for what was promised in wall time, such as a token's expiry. */
    @Produces
    @ApplicationScoped
    @Typed(Clock.class)
    Clock wall() {
        return Clock.systemUTC();
    }

    /** The clock by which constraints on a time are checked. */
    @Produces
    @ApplicationScoped
    ClockProvider constraints(Clock wall) {
        return () -> wall;
    }

    /** The clock for lengths of time, which no step of the wall clock moves. */
    @Produces
    @ApplicationScoped
    @Monotonic
    @Typed(InstantSource.class)
    InstantSource monotonic(PresenceConfig config, Clock wall, SharedClock shared) {
        return switch (config.store()) {
            case MEMORY -> new MonotonicClock(wall);
            case REDIS -> shared;
        };
    }

    /**
     * The same where many instances have to agree on it. Until they have, it is the year 1970: whatever they agree on, nobody's
     * time is turned back.
     */
    @Produces
    @Singleton
    @Typed(SharedClock.class)
    SharedClock shared(Clock wall) {
        return new SharedClock(new MonotonicClock(InstantSource.fixed(Instant.EPOCH)), wall);
    }

    @Produces
    @ApplicationScoped
    PresenceStore store(PresenceConfig config, SharedClock clock, Vertx vertx, RedisSettings redis) {
        return switch (config.store()) {
            case MEMORY -> new InMemoryPresenceStore(config);
            case REDIS -> new RedisPresenceStore(config, clock, vertx, redis.options());
        };
    }

    void close(@Disposes PresenceStore store) {
        if (store instanceof RedisPresenceStore redis) {
            redis.close();
        }
    }

    /** The board on which the instances that share a store tell one another of login sessions. */
    @Produces
    @ApplicationScoped
    SessionBoard sessions(PresenceStore store) {
        return ClientProxy.unwrap(store) instanceof RedisPresenceStore redis
                ? redis.sessions()
                : new LocalSessionBoard();
    }
}
