package dev.copresence;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Optional;

/** The settings of an operator, all under {@code copresence.}; durations are written as {@code 45s} or {@code PT45S}. */
@ConfigMapping(prefix = "copresence")
public interface PresenceConfig {

    /** The life of a visible tab after its last heartbeat. */
    @WithDefault("45s")
    Duration ttl();

    /** The life of a hidden tab: browsers wake its timers once a minute. At least {@link #ttl()}. */
    @WithDefault("150s")
    Duration awayTtl();

    /** The time for which a leave waits whose document goes away, since a reload brings the tab back at once. */
    @WithDefault("3s")
    Duration leaveGrace();

    /**
     * The interval at which clients are told to beat. Less than {@link #ttl()}. A hidden tab without a claim is told a third of
     * {@link #awayTtl()} if that is longer.
     */
    @WithDefault("15s")
    Duration heartbeatInterval();

    /** The interval at which what has expired is swept up and announced. */
    @WithDefault("1s")
    Duration sweepEvery();

    /** The place where presence is kept. */
    @WithDefault("memory")
    Store store();

    /** The most viewers of a page that a snapshot lists; all are counted. */
    @WithDefault("100")
    int maxListed();

    /** The pages that are served beside the API and the browser client. */
    @WithDefault("off")
    Site site();

    /** True if the demo's pages can be edited. The service then keeps their texts, in this process alone. */
    @WithDefault("false")
    boolean demo();

    /** The settings of how a page goes from one editor to the next. */
    Editing editing();

    /** The settings of the fences that are signed. */
    Receipts receipts();

    /** The settings of how changes reach the open streams. */
    Push push();

    /** The settings of who is on the pages of a list. */
    Lookup lookup();

    /** The limits of what there can be too much of. */
    Limits limits();

    /** The settings of the store in Redis. */
    Redis redis();

    /** The settings of who somebody is. */
    Identity identity();

    /** The kinds of store. */
    enum Store {
        /** Presence is kept in this process alone, for one instance. It is gone with a restart, and the next heartbeats rebuild it. */
        MEMORY,

        /** Presence is kept in Redis or Valkey, for any number of instances; {@code quarkus.redis.hosts} says where that is. */
        REDIS
    }

    /** The settings of the store in Redis. */
    interface Redis {

        /** The way in which changes are announced on a Cluster; the same on all instances. */
        @WithDefault("auto")
        ShardedNews shardedNews();
    }

    /** The ways to announce changes on a Cluster. */
    enum ShardedNews {
        /** Changes are announced by their hash slots, if all nodes know how to and the user of Redis may; else to all nodes. */
        AUTO,

        /** The same holds, but the service does not start if Redis is no Cluster. */
        ON,

        /** Changes are announced to all nodes. */
        OFF
    }

    /** The kinds of pages that the service brings along. */
    enum Site {
        /** Nothing is served but the API and the browser client. */
        OFF,

        /** The start page and the pages of the demo are served. */
        DEMO
    }

    /** The time that people give one another. */
    interface Editing {

        /** The time in which an editor who is asked for the page has to answer; then it goes to who has asked. */
        @WithDefault("60s")
        Duration answerWithin();

        /** The time for which an editor who refuses is not asked again. */
        @WithDefault("2m")
        Duration keepFor();

        /** The time for a last save that an editor has when the page is taken over, at most 60 s; 0 s takes it at once. */
        @WithDefault("5s")
        Duration takeoverAfter();
    }

    /** The receipts by which a backend checks a fence alone. */
    interface Receipts {

        /**
         * The file of keys, a JWKS with keys of the curve P-256: the first private one signs, and the public parts of all are
         * published. Without it there are no receipts.
         */
        Optional<String> keys();

        /** The claim {@code iss} of each receipt: who signs, such as this service's address. */
        Optional<String> issuer();

        /** The claim {@code aud} of each receipt: whom it is for, such as the address of the site that saves. */
        Optional<String> audience();

        /** The time for which a receipt is good, from 1 min to 24 h; a new one is given when half of it is over. */
        @WithDefault("10m")
        Duration life();
    }

    /** The pace of the streams. */
    interface Push {

        /** A page that keeps changing is sent once in this time; the first change of a quiet page at once. */
        @WithDefault("250ms")
        Duration coalesce();

        /**
         * The interval at which each stream gets a ping, so that proxies leave it open and dead peers are found. At most 30 s: after
         * 40 s without a sign the client takes a stream for dead.
         */
        @WithDefault("15s")
        Duration pingEvery();
    }

    /** The settings of lookups: who is on which of many pages. */
    interface Lookup {

        /** The most viewers of a page that a lookup shows, its editor first; all are counted. At most 20. */
        @WithDefault("3")
        int faces();

        /** The interval at which clients are told to look again: 250 ms to 30 s. */
        @WithDefault("15s")
        Duration every();

        /**
         * The most pages that are kept in memory because somebody has looked them up in the last minute, about 2 kB each, and
         * no more than an eighth of the heap holds; of more, those that were not looked up longest are asked of the store again. At least
         * 200, which is one lookup.
         */
        @WithDefault("20000")
        int rows();
    }

    /** Limits; whoever passes one is refused, with 429 and the time to wait where that helps. */
    interface Limits {

        /** The most live tabs of one user. */
        @WithDefault("100")
        int tabsPerUser();

        /** The most live tabs in all. */
        @WithDefault("50000")
        int tabs();

        /** The most open streams of one user. */
        @WithDefault("20")
        int streamsPerUser();

        /** The most open streams in all. */
        @WithDefault("5000")
        int streams();

        /**
         * The most open connections, streams among them. Beyond it a new one takes the place of that which has waited longest with
         * nothing asked; if all are being served it is not taken.
         */
        @WithDefault("8000")
        int connections();

        /** The most requests of one user in a second; four times as many at once. An item of a batch, a page of a stream and 50 of a lookup count as one. */
        @WithDefault("50")
        int requestsPerSecondPerUser();

        /** The time in which a request's body has to be here as a whole; a slower one is refused with 408. */
        @WithDefault("10s")
        Duration bodyTimeout();
    }

    /** The settings of how users are told apart, and of how long a check of their credentials holds. */
    interface Identity {

        /** The claim of the token that says who a user is. */
        @WithDefault("sub")
        String userClaim();

        /**
         * The time for which a credential that was verified is not verified again: at most 60 s and never beyond its own expiry.
         * {@code 0s} verifies each request.
         */
        @WithName("verified-cache")
        @WithDefault("60s")
        Duration verifiedCache();
    }
}
