package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.store.redis.RedisServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** L4: the packaged service as an orchestrator stops it, alone and as one of two instances on one real Redis. */
class StoppingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long the settings of production let it take, twice over for a slow machine. */
    private static final Duration END = Duration.ofSeconds(14);

    /** What a process has for a code that SIGTERM has ended. */
    private static final int TERMINATED = 128 + 15;

    private static final int TABS = 20;
    private static final int STREAMS = 4;

    private final TokenProvider provider = new TokenProvider();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final String page = newPage();
    private String reader;

    /** The one that need not answer now. */
    private volatile @Nullable Instance stopping;

    @BeforeEach
    void start() {
        provider.start();
        reader = token("reader");
    }

    @AfterEach
    void stop() throws Exception {
        for (var one : open) {
            one.close();
        }
        provider.stop();
    }

    @Test
    @DisplayName("Readiness goes first and the API goes on, streams are sent away and no more are taken, and it ends")
    void itStopsInOrder() throws Exception {
        // given: more time for what is looked at, and far more if it waited for a stream
        var service = starting(Map.of("quarkus.shutdown.delay", "5s", "quarkus.shutdown.timeout", "60s"));
        service.process.awaitReady();
        service.join(token("ana"), page, newTab());
        var stream = stream(service);

        // when
        service.process.terminate();

        // then
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> service.process.ask("/q/health/ready").statusCode() == 503);
        assertSentAway(List.of(stream), 1);
        assertEquals(200, service.join(token("bob"), page, newTab()).statusCode());
        assertEquals(2, viewerCount(service.list(reader, page).body()));
        try (var refused = OpenStream.of(service.address(), page, reader)) {
            assertEquals(503, refused.status());
            var wait = Integer.parseInt(refused.header("Retry-After").get(0));
            assertTrue(wait >= 1 && wait <= 5, () -> "Retry-After " + wait);
        }
        assertEquals(TERMINATED, service.process.exitCode(PATIENCE));
    }

    @Test
    @DisplayName(
            "F1, L1: while two instances are restarted one after the other under load nobody is missed or told to have gone")
    void aRollingRestartUnderLoadIsNotSeen() throws Exception {
        // given
        var redis = RedisServer.start();
        open.add(redis);
        var shared = Map.of(
                "copresence.store", "redis",
                "quarkus.redis.hosts", redis.address(),
                // So that only who goes on beating is there at the end of a restart.
                "copresence.ttl", "12s",
                "copresence.heartbeat-interval", "1s");
        var a = starting(shared);
        var b = starting(shared);
        for (var one : List.of(a, b)) {
            awaitServing(one);
        }
        var load = new Load(a, b);
        open.add(load);
        await().atMost(PATIENCE).until(() -> viewerCount(b.list(reader, page).body()) == TABS);
        load.watch();
        var atA = streams(a);
        var atB = streams(b);

        // when
        atB.addAll(restart(a, b, atA));
        restart(b, a, atB);

        // then
        load.close();
        assertEquals(List.of(), List.copyOf(load.wrong));
        assertTrue(load.served.get() > 2 * TABS);
        assertTrue(load.lists.get() > 2);
    }

    /** Gives the streams that its streams have become at the other instance. */
    private List<OpenStream> restart(Instance one, Instance other, List<OpenStream> streams) throws Exception {
        var expired = other.metric("copresence_expiries_total");
        stopping = one;
        one.process.terminate();
        assertSentAway(streams, TABS);
        var moved = streams(other);
        assertEquals(TERMINATED, one.process.exitCode(END));
        one.process.launch();
        awaitServing(one);
        stopping = null;
        assertEquals(expired, other.metric("copresence_expiries_total"));
        return moved;
    }

    /** Asserts that each was told when to come back, not all the same, and that nobody was missing in any of them. */
    private static void assertSentAway(List<OpenStream> streams, int viewers) throws InterruptedException {
        var waits = new HashSet<Integer>();
        for (var stream : streams) {
            for (var event : stream.until("bye")) {
                if (event.name().equals("snapshot")) {
                    assertEquals(viewers, viewerCount(event.data()));
                } else if (event.name().equals("bye")) {
                    var bye = new JsonObject(event.data());
                    assertEquals("shutdown", bye.getString("reason"));
                    assertEquals(event.retry(), bye.getInteger("retryMs").toString());
                    waits.add(bye.getInteger("retryMs"));
                }
            }
        }
        assertTrue(waits.stream().allMatch(wait -> wait >= 1000 && wait <= 5000), waits::toString);
        if (streams.size() > 1) {
            assertNotEquals(1, waits.size(), "all come back at once");
        }
    }

    private List<OpenStream> streams(Instance instance) throws IOException, InterruptedException {
        var streams = new ArrayList<OpenStream>();
        for (var i = 0; i < STREAMS; i++) {
            var stream = stream(instance);
            assertEquals(TABS, viewerCount(stream.next("snapshot").data()));
            streams.add(stream);
        }
        return streams;
    }

    private OpenStream stream(Instance instance) throws IOException, InterruptedException {
        var stream = OpenStream.of(instance.address(), page, reader);
        open.add(stream);
        assertEquals(200, stream.status());
        return stream;
    }

    /** Until it is ready and has found its store. */
    private void awaitServing(Instance instance) {
        instance.process.awaitReady();
        await().atMost(PATIENCE).until(() -> instance.list(reader, page).statusCode() == 200);
    }

    private Instance starting(Map<String, String> more) {
        var properties = new HashMap<>(more);
        properties.put("quarkus.oidc.auth-server-url", provider.issuer());
        properties.put("quarkus.oidc.token.audience", TokenProvider.AUDIENCE);
        properties.put("quarkus.oidc.credentials.secret", "a-secret-of-the-tests");
        properties.put("quarkus.oidc.token-state-manager.encryption-secret", "a-secret-of-the-tests-for-the-cookies");
        var instance = Instance.starting(properties);
        open.add(instance);
        return instance;
    }

    private String token(String user) {
        return provider.good(user).with("name", user).compact();
    }

    private static int viewerCount(String snapshot) {
        return new JsonObject(snapshot).getInteger("viewerCount");
    }

    /**
     * Tabs that beat all the time, half of them at each instance and at the other when theirs does not serve them, and a
     * reader who looks at the living instances. What must not be is kept in words.
     */
    private final class Load implements AutoCloseable {

        private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
        private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger lists = new AtomicInteger();
        private final List<Instance> instances;

        Load(Instance... instances) {
            this.instances = List.of(instances);
            for (var i = 0; i < TABS; i++) {
                var user = token("user-" + i);
                var tab = newTab();
                var home = this.instances.get(i % 2);
                var other = this.instances.get(1 - i % 2);
                threads.scheduleWithFixedDelay(() -> beat(user, tab, home, other), 0, 500, TimeUnit.MILLISECONDS);
            }
        }

        /** From now on all tabs are there. */
        void watch() {
            threads.scheduleWithFixedDelay(this::look, 0, 100, TimeUnit.MILLISECONDS);
        }

        private void beat(String user, String tab, Instance home, Instance other) {
            if (!isServed(user, tab, home) && !isServed(user, tab, other)) {
                wrong.add("a heartbeat was served by nobody");
            }
        }

        private boolean isServed(String user, String tab, Instance instance) {
            var mayFail = instance == stopping;
            try {
                var status = instance.beat(user, page, tab).statusCode();
                if (status == 200) {
                    served.incrementAndGet();
                    return true;
                }
                if (status != 503 || !mayFail && instance != stopping) {
                    wrong.add("a heartbeat was answered " + status);
                }
            } catch (CompletionException e) {
                if (e.getCause() instanceof HttpTimeoutException || !mayFail && instance != stopping) {
                    wrong.add("a heartbeat ended with " + e.getCause());
                }
            }
            return false;
        }

        private void look() {
            for (var instance : instances) {
                if (instance == stopping) {
                    continue;
                }
                try {
                    var list = instance.list(reader, page);
                    if (list.statusCode() == 200 && viewerCount(list.body()) == TABS) {
                        lists.incrementAndGet();
                    } else if (list.statusCode() == 200 || instance != stopping) {
                        wrong.add("a list was answered " + list.statusCode() + " " + list.body());
                    }
                } catch (CompletionException e) {
                    if (instance != stopping) {
                        wrong.add("a list ended with " + e.getCause());
                    }
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            threads.shutdown();
            threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
