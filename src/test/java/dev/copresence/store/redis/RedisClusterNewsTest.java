package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.copresence.Heartbeat;
import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.StoreUnavailableException;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Y4: how changes are announced on a Redis Cluster, and what becomes of them when a slot moves. */
class RedisClusterNewsTest {

    private static final int PAGES = 1000;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final RedisStores stores = new RedisStores();
    private final Set<PagePath> heard = ConcurrentHashMap.newKeySet();
    private RedisCluster redis;

    @BeforeEach
    void startRedis() {
        redis = new RedisCluster();
    }

    @AfterEach
    void stopRedis() {
        stores.close();
        redis.close();
    }

    @Test
    void changesAreAnnouncedByTheNodeOfTheirSlotAlone() {
        var here = open(TestConfig.defaults(), "");
        var there = watching(TestConfig.defaults(), "", pages(30));

        pages(30).forEach(page -> join(here, page));

        await().until(() -> heard.containsAll(pages(30)));
        assertEquals(0, callsOf("publish"));
        assertEquals(true, callsOf("spublish") >= 30);
        assertEquals(1, answerOf(there.read(pages(30).get(0), clock.instant())).viewerCount());
    }

    @Test
    void changesAreAnnouncedToAllNodesIfThatIsWanted() {
        var config = TestConfig.with("copresence.redis.sharded-news", "off");
        var here = open(config, "");
        watching(config, "", pages(30));

        pages(30).forEach(page -> join(here, page));

        await().until(() -> heard.containsAll(pages(30)));
        assertEquals(0, callsOf("spublish"));
    }

    @Test
    void whoMayNotAnnounceBySlotsAnnouncesToAllNodes() {
        redis.nodes()
                .forEach(node ->
                        RedisStores.addUser(node, "+cluster|slots", "-spublish", "-ssubscribe", "-sunsubscribe"));
        var here = open(TestConfig.defaults(), "app:secret@");
        watching(TestConfig.defaults(), "app:secret@", pages(30));

        pages(30).forEach(page -> join(here, page));

        await().until(() -> heard.containsAll(pages(30)));
        assertEquals(true, callsOf("publish") >= 30);
    }

    @Test
    void aSlotThatMovesWhileManyPagesAreWatchedHidesNothing() {
        var here = open(TestConfig.defaults(), "");
        var pages = pages(PAGES);
        var moving = new PageKeys(pages.get(0)).shard();
        var ofTheShard = pages.stream()
                .filter(page -> new PageKeys(page).shard() == moving)
                .toList();
        join(here, ofTheShard.get(0));
        var there = watching(TestConfig.defaults(), "", pages);
        heard.clear();

        redis.moveShard(moving);
        ofTheShard.forEach(page -> join(here, page));
        sweep(there);

        await().until(() -> heard.containsAll(ofTheShard));
        for (var page : ofTheShard) {
            assertEquals(1, answerOf(there.read(page, clock.instant())).viewerCount(), page.value());
        }
        // And from then on as before: what is announced is heard without a sweep.
        await().until(() -> {
            heard.clear();
            var again = ofTheShard.get(1);
            tryTo(() -> leaveAndJoin(here, again));
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            return heard.contains(again);
        });
    }

    private RedisPresenceStore open(PresenceConfig config, String user) {
        return stores.open(config, clock, redis.options(user));
    }

    /** An instance that is told of changes of these pages from now on. */
    private RedisPresenceStore watching(PresenceConfig config, String user, List<PagePath> pages) {
        var store = open(config, user);
        store.onChange(heard::add);
        pages.forEach(store::watch);
        await().atMost(Duration.ofSeconds(20)).until(() -> heard.containsAll(pages));
        sweep(store);
        heard.clear();
        return store;
    }

    private long callsOf(String command) {
        return redis.nodes().stream()
                .flatMap(node -> Arrays.stream(node.ask("INFO", "commandstats").split("[\r\n]+")))
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^:]*:calls=(\\d+),.*", "$1")))
                .sum();
    }

    private static List<PagePath> pages(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new PagePath("/news/" + i))
                .toList();
    }

    private void join(RedisPresenceStore store, PagePath page) {
        var number = page.value().hashCode();
        var user = new User(new UserId("u-" + number), "User", null);
        var heartbeat = new Heartbeat(new TabId(0, number), page, false, true, null);
        await().ignoreExceptionsInstanceOf(StoreUnavailableException.class).until(() -> {
            answerOf(store.renew(user, heartbeat, true, Duration.ofSeconds(45), clock.instant()));
            return true;
        });
    }

    private void leaveAndJoin(RedisPresenceStore store, PagePath page) {
        var user = new User(new UserId("u-other"), "Other", null);
        for (var on : new ArrayList<>(List.of(page, new PagePath("/elsewhere")))) {
            answerOf(store.renew(
                    user,
                    new Heartbeat(new TabId(1, 1), on, false, true, null),
                    true,
                    Duration.ofSeconds(45),
                    clock.instant()));
        }
    }

    private static void tryTo(Runnable call) {
        try {
            call.run();
        } catch (StoreUnavailableException e) {
            // It is tried again.
        }
    }

    private void sweep(RedisPresenceStore store) {
        await().ignoreExceptionsInstanceOf(StoreUnavailableException.class).until(() -> {
            answerOf(store.sweep(clock.instant()));
            return true;
        });
    }

    private static <T> T answerOf(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(10));
    }
}
