package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.store.redis.RedisServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two instances of the packaged service on one real Redis, and what befalls them. */
class RedisInstancesIT {

    private static final Duration TTL = Duration.ofSeconds(2);
    private static final Duration BEAT = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final TokenProvider PROVIDER = new TokenProvider();
    private static Map<String, String> oidc;
    private static RedisServer redis;
    private static Instance a;
    private static Instance b;

    private final String page = newPage();
    private final String ana = token("ana");
    private final String bob = token("bob");
    private final String anas = newTab();
    private final String bobs = newTab();

    @BeforeAll
    static void start() {
        oidc = new HashMap<>(PROVIDER.start());
        oidc.put("quarkus.oidc.credentials.secret", "a-secret-of-the-tests");
        oidc.put("quarkus.oidc.token-state-manager.encryption-secret", "a-secret-of-the-tests-for-the-cookies");
        redis = RedisServer.start();
        a = starting(redis.port());
        b = starting(redis.port());
        Stream.of(a, b).forEach(one -> one.process.awaitReady());
    }

    @AfterAll
    static void stop() {
        Stream.of(a, b).forEach(Instance::close);
        redis.close();
        PROVIDER.stop();
    }

    @BeforeEach
    void bothAreThere() {
        a = a.process.isAlive() ? a : starting(redis.port());
        b = b.process.isAlive() ? b : starting(redis.port());
        Stream.of(a, b).forEach(one -> one.process.awaitReady());
        // What an earlier test left behind would expire in this one, and be counted.
        redis.ask("FLUSHALL");
        await().atMost(PATIENCE)
                .until(() -> Stream.of(a, b).allMatch(one -> one.list(ana, page).statusCode() == 200));
    }

    @Test
    @DisplayName("S3: who joins on one instance is seen on the other, by list and by stream, within a second")
    void aJoinIsSeenOnTheOtherInstance() throws IOException, InterruptedException {
        // given
        var delays = new ArrayList<Long>();

        // when
        for (var i = 0; i < 5; i++) {
            var one = newPage();
            try (var stream = OpenStream.of(b.address(), one, bob)) {
                stream.next("snapshot");
                var start = System.nanoTime();
                a.join(ana, one, newTab());
                var seen = new JsonObject(stream.next("snapshot").data());
                delays.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
                assertEquals(1, seen.getInteger("viewerCount"));
                assertEquals(seen, snapshot(b, one));
            }
        }

        // then
        // The first are slow while the processes are cold, and a busy machine delays one now and then.
        assertTrue(delays.stream().sorted().skip(2).findFirst().orElseThrow() < 1000, delays::toString);
    }

    @Test
    @DisplayName("E1: a thousand simultaneous claims on both instances have one winner, and both name it")
    void thereIsOneEditor() {
        // given
        var users = IntStream.range(0, 100).mapToObj(i -> token("user-" + i)).toList();

        // when
        var claims = IntStream.range(0, 1000)
                .mapToObj(i -> claimUntilServed(i % 2 == 0 ? a : b, users.get(i % 100), newTab()))
                .toList();
        var granted = claims.stream()
                .map(CompletableFuture::join)
                .map(answer -> new JsonObject(answer.body()).getJsonObject("editing"))
                .filter(editing -> editing.getBoolean("granted"))
                .count();

        // then
        assertEquals(1, granted);
        var shown = snapshot(a, page);
        assertEquals(1000, shown.getInteger("tabCount"));
        assertEquals(100, shown.getInteger("viewerCount"));
        assertTrue(shown.containsKey("editorUserId"));
        assertEquals(a.list(ana, page).body(), b.list(ana, page).body());
        assertEquals(
                a.list(ana, page).headers().map().get("ETag"),
                b.list(ana, page).headers().map().get("ETag"));
    }

    @Test
    @DisplayName("F1: when an instance is killed its live tabs go on at the other, and the silent ones expire once")
    void aKilledInstanceTakesNobodyWithIt() throws InterruptedException {
        // given
        a.join(ana, page, anas);
        a.join(bob, page, bobs);
        var expired = b.metric("copresence_expiries_total");

        // when
        a.process.kill();

        // then
        await().atMost(PATIENCE).pollInterval(BEAT).until(() -> {
            assertTrue(names(b.beat(ana, page, anas)).contains("ana"));
            return names(b.list(ana, page)).equals(List.of("ana"));
        });
        await().atMost(PATIENCE).until(() -> b.metric("copresence_expiries_total") > expired);
        b.beat(ana, page, anas);
        assertEquals(expired + 1, b.metric("copresence_expiries_total"));
    }

    @Test
    @DisplayName(
            "T3: an instance that slept for longer than a tab lives drops nobody who lives, and wakes nobody who is"
                    + " gone")
    void anInstanceThatSleptKnowsWhatHappened() {
        // given
        a.join(ana, page, anas);
        a.join(bob, page, bobs);

        // when
        a.process.pause();
        try {
            var end = System.nanoTime() + TTL.plusSeconds(1).toNanos();
            await().atMost(PATIENCE).pollInterval(BEAT).until(() -> {
                assertEquals(200, b.beat(ana, page, anas).statusCode());
                return System.nanoTime() > end && names(b.list(ana, page)).equals(List.of("ana"));
            });
        } finally {
            a.process.resume();
        }

        // then
        for (var i = 0; i < 10; i++) {
            assertEquals(200, b.beat(ana, page, anas).statusCode());
            await().until(() -> a.list(ana, page).statusCode() == 200);
            assertEquals(List.of("ana"), names(a.list(ana, page)));
        }
    }

    @Test
    @DisplayName("F1, L3: without Redis all is refused, and when it comes back empty the next heartbeats make it whole")
    void redisComesBackEmpty() throws IOException, InterruptedException {
        // given
        a.join(ana, page, anas);
        try (var stream = OpenStream.of(b.address(), page, bob)) {
            assertEquals("1", viewerCount(stream.next("snapshot")));

            // when
            redis.kill();

            // then
            await().atMost(PATIENCE).until(() -> a.list(ana, page).statusCode() != 200);
            for (var one : List.of(a, b)) {
                for (var answer : List.of(one.list(ana, page), one.beat(ana, page, anas), one.batch(ana, page, anas))) {
                    assertEquals(503, answer.statusCode(), answer::body);
                    assertTrue(answer.headers().firstValueAsLong("Retry-After").orElse(0) >= 1);
                    assertTrue(answer.body().contains("urn:copresence:problem:unavailable"), answer::body);
                }
                try (var refused = OpenStream.of(one.address(), page, bob)) {
                    assertEquals(503, refused.status(), "a stream that could show nothing");
                    assertFalse(refused.header("Retry-After").isEmpty());
                }
                var pauses = IntStream.range(0, 60)
                        .mapToLong(i -> one.list(ana, page)
                                .headers()
                                .firstValueAsLong("Retry-After")
                                .orElse(0))
                        .boxed()
                        .collect(Collectors.toSet());
                assertTrue(Set.of(1L, 2L, 3L, 4L, 5L).containsAll(pauses), pauses::toString);
                assertTrue(pauses.size() >= 3, () -> "all come back at once, after " + pauses);
                assertTrue(one.process.isReady());
                await().atMost(PATIENCE)
                        .until(() -> one.process.ask("/q/health/ready").body().contains("\"available\": false"));
            }

            // when
            redis.restart();

            // then
            await().atMost(PATIENCE)
                    .pollInterval(BEAT)
                    .until(() -> a.beat(ana, page, anas).statusCode() == 200);
            assertEquals(List.of("ana"), names(a.list(ana, page)));
            await().atMost(PATIENCE).pollInterval(BEAT).until(() -> {
                a.beat(ana, page, anas);
                var list = b.list(bob, page);
                return list.statusCode() == 200 && names(list).equals(List.of("ana"));
            });
            for (var event = stream.next("snapshot"); ; event = stream.next("snapshot")) {
                a.beat(ana, page, anas);
                if (viewerCount(event).equals("1")) {
                    break;
                }
            }
        }
    }

    @Test
    @DisplayName("F1: a slow Redis makes calls slow, and one that breaks off in mid call is found again")
    void redisIsSlowAndBreaksOff() throws IOException {
        try (var proxy = new TcpProxy(redis.port());
                var c = starting(proxy.port())) {
            // given
            c.process.awaitReady();
            await().atMost(PATIENCE).until(() -> c.join(ana, page, anas).statusCode() == 200);

            // when
            proxy.delay(500);

            // then
            assertEquals(200, c.beat(ana, page, anas).statusCode());
            assertEquals(List.of("ana"), names(b.list(ana, page)));

            // when
            var underWay = claim(c, bob, bobs);
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            proxy.reset();
            proxy.delay(0);

            // then
            assertTrue(
                    List.of(200, 503).contains(underWay.join().statusCode()),
                    () -> underWay.join().body());
            await().atMost(PATIENCE).until(() -> claim(c, bob, bobs).join().statusCode() == 200);
            assertTrue(names(c.list(ana, page)).contains("bob"));
            assertEquals(names(c.list(ana, page)), names(b.list(ana, page)));
        }
    }

    @Test
    @DisplayName(
            "A batch of fifty waits for Redis about as often as one heartbeat, and the calls of a tab keep their order")
    void aBatchIsAskedTogether() throws IOException {
        try (var proxy = new TcpProxy(redis.port());
                var c = starting(proxy.port())) {
            // given
            c.process.awaitReady();
            await().atMost(PATIENCE).until(() -> c.list(ana, page).statusCode() == 200);
            var other = newPage();
            var tabs = Stream.generate(Caller::newTab).limit(20).toList();
            var moves = Stream.of(page, other)
                    .flatMap(one -> tabs.stream().map(tab -> hidden(one, tab)))
                    .toList();
            var leaves = tabs.stream()
                    .limit(10)
                    .map(tab -> Instance.body(other, tab))
                    .toList();
            proxy.delay(100);

            // when
            proxy.forgetTurns();
            var answer = c.batch(bob, moves, leaves);
            var turns = proxy.turns();

            // then
            var results = new JsonObject(answer.body()).getJsonArray("results");
            assertEquals(50, results.size(), answer::body);
            assertEquals("[" + "200,".repeat(49) + "200]", statuses(results).encode());
            assertEquals(0, snapshot(b, page).getInteger("tabCount"));
            assertEquals(10, snapshot(b, other).getInteger("tabCount"));
            assertTrue(turns < 25, () -> "moves waited " + turns + " times");

            // when
            var beats = tabs.stream().skip(10).map(tab -> hidden(other, tab)).toList();
            proxy.forgetTurns();
            c.batch(bob, Stream.of(beats, beats).flatMap(List::stream).toList(), List.of());
            var beatTurns = proxy.turns();

            // then
            assertTrue(beatTurns < 10, () -> "heartbeats waited " + beatTurns + " times");
        }
    }

    @Test
    @DisplayName("L4: a rolling restart announces nobody as gone")
    void aRollingRestartIsNotSeen() {
        // given
        var next = starting(redis.port());
        next.process.awaitReady();
        a.join(ana, page, anas);
        b.join(bob, page, bobs);

        // when
        var leaving = a;
        a = next;
        leaving.process.terminate();
        var seen = new ArrayList<List<String>>();
        await().atMost(PATIENCE).pollInterval(BEAT.dividedBy(3)).until(() -> {
            b.beat(bob, page, bobs);
            next.beat(ana, page, anas);
            seen.add(names(b.list(bob, page)));
            return !leaving.process.isAlive();
        });

        // then
        assertFalse(seen.isEmpty());
        assertTrue(seen.stream().allMatch(List.of("ana", "bob")::equals), seen::toString);
    }

    @Test
    @DisplayName("A store in Redis without Redis' address stops the start, and the property is named")
    void withoutHostsThereIsNoStart() throws IOException, InterruptedException {
        // given
        var properties = new HashMap<>(oidc);
        properties.put("copresence.store", "redis");

        // when
        try (var instance = Instance.starting(properties)) {
            // then
            var words = instance.process.lastWords();
            assertTrue(words.contains("quarkus.redis.hosts must be set"), words);
        }
    }

    private static Instance starting(int redisPort) {
        var properties = new HashMap<>(oidc);
        properties.put("copresence.store", "redis");
        properties.put("quarkus.redis.hosts", "redis://127.0.0.1:" + redisPort);
        properties.put("copresence.ttl", TTL.toMillis() + "ms");
        properties.put("copresence.away-ttl", "60s");
        properties.put("copresence.heartbeat-interval", "500ms");
        return Instance.starting(properties);
    }

    private static String token(String user) {
        return PROVIDER.good(user).with("name", user).compact();
    }

    private CompletableFuture<HttpResponse<String>> claim(Instance instance, String token, String tab) {
        return instance.claim(token, page, tab);
    }

    /** As a client does it that is told to come back. */
    private CompletableFuture<HttpResponse<String>> claimUntilServed(Instance instance, String token, String tab) {
        return claim(instance, token, tab)
                .thenCompose(answer -> answer.statusCode() == 503
                        ? claimUntilServed(instance, token, tab)
                        : CompletableFuture.completedFuture(answer));
    }

    /** What a hidden tab sends, which lives long. */
    private static JsonObject hidden(String ofPage, String tab) {
        return Instance.body(ofPage, tab).put("isVisible", false);
    }

    private static JsonArray statuses(JsonArray results) {
        return new JsonArray(results.stream()
                .map(result -> ((JsonObject) result).getInteger("status"))
                .toList());
    }

    private JsonObject snapshot(Instance instance, String ofPage) {
        return new JsonObject(instance.list(ana, ofPage).body());
    }

    private static String viewerCount(OpenStream.Event event) {
        return new JsonObject(event.data()).getInteger("viewerCount").toString();
    }

    /** Of the viewers in a list or a beat. */
    private static List<String> names(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer::body);
        var body = new JsonObject(answer.body());
        var viewers = body.getJsonObject("snapshot", body).getJsonArray("viewers");
        return viewers.stream()
                .map(viewer -> ((JsonObject) viewer).getString("name"))
                .toList();
    }
}
