package dev.copresence;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;

/** What an operator can set, all under {@code copresence.}; durations as {@code 45s} or {@code PT45S}. */
@ConfigMapping(prefix = "copresence")
public interface PresenceConfig {

    /** How long a visible tab lives after its last heartbeat. */
    @WithDefault("45s")
    Duration ttl();

    /** How long a hidden tab does: browsers wake its timers once a minute. At least {@link #ttl()}. */
    @WithDefault("150s")
    Duration awayTtl();

    /** How long a leave waits whose document goes away, since a reload brings the tab back at once. */
    @WithDefault("3s")
    Duration leaveGrace();

    /** How often clients are told to beat. Less than {@link #ttl()}. */
    @WithDefault("15s")
    Duration heartbeatInterval();

    /** How often what has expired is swept up and announced. */
    @WithDefault("1s")
    Duration sweepEvery();

    /** Where presence is kept. */
    @WithDefault("memory")
    Store store();

    /** How many viewers of a page a snapshot lists, at most; all are counted. */
    @WithDefault("100")
    int maxListed();

    /** Whether the demo's pages can be edited: the service then keeps their texts, in this process alone. */
    @WithDefault("false")
    boolean demo();

    /** How a page goes from one editor to the next. */
    Editing editing();

    /** How changes reach the open streams. */
    Push push();

    /** What there can be too much of. */
    Limits limits();

    /** Who somebody is. */
    Identity identity();

    /** The kinds of store. */
    enum Store {
        /** In this process alone: one instance, gone with a restart and rebuilt by the next heartbeats. */
        MEMORY,

        /** In Redis or Valkey, for any number of instances; where that is, {@code quarkus.redis.hosts} says. */
        REDIS
    }

    /** How much time people give one another. */
    interface Editing {

        /** Within what time an editor who is asked for the page has to answer; then it goes to who has asked. */
        @WithDefault("60s")
        Duration answerWithin();

        /** For how long an editor who refuses is not asked again. */
        @WithDefault("2m")
        Duration keepFor();
    }

    /** The pace of the streams. */
    interface Push {

        /** A page that keeps changing is sent once in this time; the first change of a quiet page at once. */
        @WithDefault("250ms")
        Duration coalesce();

        /**
         * How often each stream gets a ping, so that proxies leave it open and dead peers are found. At most 30 s: after
         * 40 s without a sign the client takes a stream for dead.
         */
        @WithDefault("15s")
        Duration pingEvery();
    }

    /** Limits; whoever passes one is refused, with 429 and the time to wait where that helps. */
    interface Limits {

        /** Live tabs of one user. */
        @WithDefault("100")
        int tabsPerUser();

        /** Live tabs in all. */
        @WithDefault("50000")
        int tabs();

        /** Open streams of one user. */
        @WithDefault("20")
        int streamsPerUser();

        /** Open streams in all. */
        @WithDefault("5000")
        int streams();

        /**
         * Open connections, streams among them. Beyond it a new one takes the place of that which has waited longest with
         * nothing asked; if all are being served it is not taken.
         */
        @WithDefault("8000")
        int connections();

        /** Requests of one user in a second; four times as many at once. An item of a batch and a page of a stream count as one. */
        @WithDefault("50")
        int requestsPerSecondPerUser();

        /** In which a request's body has to be here as a whole; a slower one is refused with 408. */
        @WithDefault("10s")
        Duration bodyTimeout();
    }

    /** How users are told apart, and how long a check of their credentials holds. */
    interface Identity {

        /** The claim of the token that says who a user is. */
        @WithDefault("sub")
        String userClaim();

        /**
         * How long a credential that was verified is not verified again: at most 60 s and never beyond its own expiry.
         * {@code 0s} verifies each request.
         */
        @WithName("verified-cache")
        @WithDefault("60s")
        Duration verifiedCache();
    }
}
