package dev.copresence.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.copresence.http.identity.Envelopes;
import dev.copresence.store.redis.RedisServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two instances of the packaged service on one real Redis, and the sessions of browsers whose requests go to either. */
class SharedSessionsIT {

    private static final int LONG_AGO = -600;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final LoginProvider PROVIDER = new LoginProvider();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static RedisServer redis;
    private static Instance a;
    private static Instance b;

    private final String sid = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        var config = new HashMap<>(PROVIDER.start());
        redis = RedisServer.start();
        config.putAll(Map.of("copresence.store", "redis", "quarkus.redis.hosts", "redis://127.0.0.1:" + redis.port()));
        a = Instance.starting(config);
        b = Instance.starting(config);
        Stream.of(a, b).forEach(one -> one.process.awaitReady());
    }

    @AfterAll
    static void stop() {
        Stream.of(a, b).forEach(Instance::close);
        redis.close();
        PROVIDER.stop();
    }

    @Test
    @DisplayName("I4: a session is renewed once by all instances, and whoever reads Redis learns no token")
    void aSessionIsRenewedOnceByAllInstances() {
        // given
        var cookie = PROVIDER.cookie("alice", sid, LONG_AGO);
        var before = PROVIDER.refreshed().size();
        var go = PROVIDER.holdRefreshes();
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();

        // when
        answers.add(me(a, cookie));
        await().atMost(PATIENCE).until(() -> PROVIDER.refreshed().size() > before);
        for (var i = 0; i < 3; i++) {
            answers.add(me(a, cookie));
            answers.add(me(b, cookie));
        }
        go.countDown();

        // then
        var sessions = answers.stream()
                .map(CompletableFuture::join)
                .map(SharedSessionsIT::session)
                .distinct()
                .toList();
        assertEquals(1, sessions.size(), sessions::toString);
        assertEquals(before + 1, PROVIDER.refreshed().size());
        assertFalse(PROVIDER.hasEnded(sid));
        assertEquals(200, me(b, sessions.get(0)).join().statusCode());
        var name = Envelopes.name(cookie.substring(cookie.indexOf('=') + 1));
        var known = redis.ask("GET", "copresence:renewal:" + name);
        assertFalse(known.isEmpty());
        var text = new String(Base64.getDecoder().decode(known), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("q_session") || text.contains("eyJ"), text);
        assertFalse(Envelopes.isOpenedBy("another cookie", known));
    }

    @Test
    @DisplayName("I4: while Redis is away an instance renews sessions by itself, and once")
    void withoutRedisAnInstanceRenewsByItself() {
        // given
        var cookie = PROVIDER.cookie("alice", sid, LONG_AGO);
        var before = PROVIDER.refreshed().size();
        redis.kill();

        // when
        var answers = Stream.of(me(a, cookie), me(a, cookie))
                .map(CompletableFuture::join)
                .toList();
        redis.restart();

        // then
        answers.forEach(answer -> assertEquals(200, answer.statusCode(), answer::body));
        assertEquals(before + 1, PROVIDER.refreshed().size());
        await().atMost(PATIENCE).until(() -> a.process.isReady() && b.process.isReady());
    }

    @Test
    @DisplayName("I3: a logout at one instance ends the session at the others within seconds, remembered or not")
    void aLogoutIsKnownToAllInstances() {
        // given
        var cookie = PROVIDER.cookie("alice", sid, 600);
        assertEquals(200, me(b, cookie).join().statusCode());

        // when
        HTTP.sendAsync(
                        HttpRequest.newBuilder(a.address().resolve("/logout"))
                                .header("Cookie", cookie)
                                .build(),
                        BodyHandlers.ofString())
                .join();

        // then
        assertEquals(401, me(a, cookie).join().statusCode());
        await().atMost(Duration.ofSeconds(10)).until(() -> me(b, cookie).join().statusCode() == 401);
    }

    private static CompletableFuture<HttpResponse<String>> me(Instance instance, String cookie) {
        return HTTP.sendAsync(
                HttpRequest.newBuilder(instance.address().resolve("/api/presence/me"))
                        .timeout(PATIENCE)
                        .header("Cookie", cookie)
                        .build(),
                BodyHandlers.ofString());
    }

    private static String session(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer::body);
        return answer.headers().allValues("Set-Cookie").stream()
                .map(line -> line.split(";")[0])
                .filter(pair -> pair.startsWith(LoginProvider.COOKIE + "="))
                .findFirst()
                .orElse("none");
    }
}
