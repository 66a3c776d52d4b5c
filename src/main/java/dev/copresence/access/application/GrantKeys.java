package dev.copresence.access.application;

import dev.copresence.Monotonic;
import dev.copresence.access.AccessConfig;
import dev.copresence.access.UndecidedException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** The keys that grants are signed with, from a file or an address. They are read again now and then, and when one is missed. */
@ApplicationScoped
class GrantKeys {

    /*
     * Any thread asks. What is known is one immutable value, so a reader sees all of a reading or nothing; of readings there is one at
     * a time.
     */

    private static final Logger LOG = Logger.getLogger(GrantKeys.class);

    /** The time after which keys are read again, so that one that was withdrawn is forgotten. */
    static final Duration GOOD_FOR = Duration.ofMinutes(5);

    /** The time within which keys are not read twice, whoever misses one. */
    static final Duration READ_AT_MOST_EVERY = Duration.ofSeconds(3);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 256 * 1024;

    /**
     * The keys of one reading.
     *
     * @param version a number that is another whenever the keys are
     */
    record Known(List<JsonWebKey> keys, int version, Instant at) {}

    private final Vertx vertx;
    private final InstantSource clock;
    private final @Nullable String place;
    private final @Nullable HttpClient client;
    private volatile @Nullable Known known;

    /** The last text that was read; written by the one reading there is. */
    private volatile @Nullable String text;

    /** The time at which the last reading began. */
    private volatile Instant begun = Instant.MIN;

    private final AtomicReference<CompletableFuture<Known>> reading = new AtomicReference<>();

    GrantKeys(Vertx vertx, AccessConfig config, @Monotonic InstantSource clock) {
        this.vertx = vertx;
        this.clock = clock;
        place = config.grants().jwks().orElse(null);
        client = isAddress(place)
                ? vertx.createHttpClient(Exchange.options().setConnectTimeout((int) TIMEOUT.toMillis()))
                : null;
    }

    static boolean isAddress(@Nullable String place) {
        return place != null && (place.startsWith("https://") || place.startsWith("http://"));
    }

    @PreDestroy
    void close() {
        if (client != null) {
            client.close();
        }
    }

    /** The number of what is known now; 0 before anything is. */
    int version() {
        var now = known;
        return now == null ? 0 : now.version();
    }

    /** The keys; fails with {@link UndecidedException} if they have never been read and cannot be now. */
    Uni<Known> get() {
        var now = known;
        if (now == null) {
            return read();
        }
        if (!clock.instant().isBefore(now.at().plus(GOOD_FOR)) && mayRead()) {
            // Nobody waits for it: the old ones do until there are others.
            read().subscribe().with(fresh -> {}, failure -> {});
        }
        return Uni.createFrom().item(now);
    }

    /** The keys as they are now, for who has missed one; those that are known if they were read just now. */
    Uni<Known> again() {
        var now = known;
        return now != null && !mayRead() ? Uni.createFrom().item(now) : read();
    }

    private boolean mayRead() {
        var last = begun;
        return last.equals(Instant.MIN) || !clock.instant().isBefore(last.plus(READ_AT_MOST_EVERY));
    }

    private Uni<Known> read() {
        return Uni.createFrom().deferred(() -> {
            var mine = new CompletableFuture<Known>();
            var ahead = reading.compareAndExchange(null, mine);
            if (ahead == null) {
                begun = clock.instant();
                load().map(this::parsed)
                        .onTermination()
                        .invoke(() -> reading.set(null))
                        .subscribe()
                        .with(mine::complete, failure -> failed(mine, failure));
            }
            return Uni.createFrom().completionStage((ahead == null ? mine : ahead).copy());
        });
    }

    private void failed(CompletableFuture<Known> mine, Throwable failure) {
        LOG.warnf("The keys of grants cannot be read from %s: %s", place, failure.getMessage());
        var old = known;
        if (old == null) {
            mine.completeExceptionally(new UndecidedException());
        } else {
            mine.complete(old);
        }
    }

    private Uni<Buffer> load() {
        if (place == null) {
            return Uni.createFrom().failure(new IllegalStateException("there is no such place"));
        }
        if (client == null) {
            return Uni.createFrom()
                    .completionStage(() -> vertx.fileSystem().readFile(place).toCompletionStage());
        }
        return Exchange.of(client, new RequestOptions().setAbsoluteURI(place), Buffer.buffer(), MOST_BYTES)
                .ifNoItem()
                .after(TIMEOUT)
                .failWith(() -> new IllegalStateException("it has not answered within " + TIMEOUT.toSeconds() + " s"));
    }

    private Known parsed(Buffer read) {
        try {
            var json = read.toString();
            var before = known;
            var now = before != null && json.equals(text)
                    ? new Known(before.keys(), before.version(), clock.instant())
                    : new Known(List.copyOf(new JsonWebKeySet(json).getJsonWebKeys()), version() + 1, clock.instant());
            text = json;
            known = now;
            return now;
        } catch (JoseException e) {
            throw new IllegalStateException("it is no JWKS", e);
        }
    }
}
