package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Heartbeat;
import dev.copresence.ManualClock;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.TabId;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Y3 and F2: each sweep names what has changed since the last one, so an announcement that was lost is made up for. */
class ChangeLogTest {

    private static final PagePath PAGE = new PagePath("/docs/a");
    private static final Duration LIFE = Duration.ofSeconds(45);

    /** One for each shard, and one to agree on the time. */
    private static final int SCRIPTS_OF_A_SWEEP = PageKeys.SHARDS + 1;

    @RegisterExtension
    static final FreshRedis redis = new FreshRedis();

    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final Set<PagePath> heard = ConcurrentHashMap.newKeySet();
    private DeafProxy proxy;
    private RedisPresenceStore here;

    /** The instance that hears no announcement. */
    private RedisPresenceStore deaf;

    @BeforeEach
    void openStores() {
        proxy = new DeafProxy(redis.server().port());
        here = redis.open(TestConfig.defaults(), clock);
        deaf = redis.open(TestConfig.defaults(), clock, proxy.address());
        deaf.onChange(heard::add);
        sweep(here);
        sweep(deaf);
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    @Test
    void whatWasAnnouncedInVainComesWithTheNextSweep() {
        watchDeafly(PAGE);
        assertEquals(0, viewersSeenDeafly());
        join(1, PAGE);
        await().until(() -> proxy.swallowed() > 0);
        assertEquals(Set.of(), heard);
        assertEquals(0, viewersSeenDeafly(), "what it takes for true");

        sweep(deaf);

        assertEquals(Set.of(PAGE), heard);
        assertEquals(1, viewersSeenDeafly());
    }

    @Test
    void thatAPageIsEmptyNowComesToo() {
        join(1, PAGE);
        watchDeafly(PAGE);
        assertEquals(1, viewersSeenDeafly());
        clock.advance(LIFE.plusMillis(1));
        sweep(here);
        heard.clear();

        sweep(deaf);

        assertEquals(Set.of(PAGE), heard);
        assertEquals(0, viewersSeenDeafly());
    }

    @Test
    void whatWasHeardIsNotToldAgain() {
        var both = redis.open(TestConfig.defaults(), clock);
        Set<PagePath> news = ConcurrentHashMap.newKeySet();
        both.onChange(news::add);
        both.watch(PAGE);
        await().until(() -> news.contains(PAGE));
        sweep(both);
        answerOf(both.read(PAGE, clock.instant()));
        news.clear();
        join(1, PAGE);
        await().until(() -> news.contains(PAGE));
        answerOf(both.read(PAGE, clock.instant()));
        news.clear();

        assertEquals(SCRIPTS_OF_A_SWEEP, redis.scriptsOf(() -> sweep(both)));

        assertEquals(Set.of(), news);
    }

    @Test
    void pagesThatNobodyWatchesAreNotRead() {
        watchDeafly(PAGE);
        IntStream.range(0, 50).forEach(i -> join(i, new PagePath("/others/" + i)));

        assertEquals(SCRIPTS_OF_A_SWEEP, redis.scriptsOf(() -> sweep(deaf)));

        assertEquals(Set.of(), heard);
    }

    @Test
    void aSweepIsOneScriptForEachShardAndTellsWhatThereIs() {
        join(1, PAGE);
        var occupancy = new ArrayList<Occupancy>();

        assertEquals(SCRIPTS_OF_A_SWEEP, redis.scriptsOf(() -> occupancy.add(answerOf(here.sweep(clock.instant())))));

        assertEquals(1, occupancy.get(0).pages());
        assertEquals(1, occupancy.get(0).tabs());
    }

    @Test
    void moreChangesThanOneAnswerHoldsAllCome() {
        var pages = pagesOfOneShard(2100);
        pages.forEach(deaf::watch);
        await().until(() -> heard.containsAll(pages));
        proxy.goDeaf();
        heard.clear();
        for (var i = 0; i < pages.size(); i++) {
            beatLater(i, pages.get(i));
        }
        await().until(() -> answerOf(here.occupancy()).pages() == pages.size());

        sweep(deaf);

        assertTrue(heard.containsAll(pages), () -> heard.size() + " of " + pages.size());
    }

    @Test
    void whoHasNotAskedForLongerThanChangesAreKeptReadsAllItWatches() {
        var other = pagesOfOneShard(2).get(1);
        watchDeafly(PAGE);
        join(1, PAGE);
        clock.advance(Duration.ofSeconds(30));
        join(1, PAGE);
        clock.advance(Duration.ofSeconds(31));
        sweep(here);
        join(2, other);
        sweep(here);
        heard.clear();

        sweep(deaf);

        assertEquals(Set.of(PAGE), heard);
    }

    @Test
    void noMoreChangesAreKeptThanHaveAUse() {
        var script = "for i = 1, 12000 do redis.call('ZADD', KEYS[1], ARGV[1] + i, '/many/' .. i) end "
                + "redis.call('HSET', KEYS[2], 'ticket', string.format('%.0f', ARGV[1] + 12000)) return 1";
        watchDeafly(PAGE);
        join(1, PAGE);
        var tag = PageKeys.TAGS.get(new PageKeys(PAGE).shard());
        var last = redis.ask("HGET", tag + "shard", "ticket");
        redis.ask("EVAL", script, "2", tag + "changes", tag + "shard", last);

        sweep(here);
        sweep(deaf);

        assertEquals("10000", redis.ask("ZCARD", tag + "changes"));
        assertEquals(Set.of(PAGE), heard);
    }

    @Test
    void whatARedisThatWasEmptiedHasLostIsReadAgain() {
        join(1, PAGE);
        watchDeafly(PAGE);
        assertEquals(1, viewersSeenDeafly());

        redis.ask("FLUSHALL");
        sweep(deaf);

        assertEquals(Set.of(PAGE), heard);
        assertEquals(0, viewersSeenDeafly());
        heard.clear();
        sweep(deaf);
        assertEquals(Set.of(), heard);
    }

    @Test
    void aReplicaThatLacksTheLastMomentsHasAllBeReadAgain() {
        join(1, PAGE);
        sweep(deaf);
        watchDeafly(PAGE);
        var key = PageKeys.TAGS.get(new PageKeys(PAGE).shard()) + "shard";
        redis.ask(
                "EVAL",
                "return redis.call('HSET', KEYS[1], 'ticket', string.format('%.0f', redis.call('HGET', KEYS[1], 'ticket') - 5))",
                "1",
                key);

        sweep(deaf);

        assertEquals(Set.of(PAGE), heard);
    }

    /** Has the instance watch a page, hear that it does, and nothing more. */
    private void watchDeafly(PagePath page) {
        deaf.watch(page);
        await().until(() -> heard.contains(page));
        answerOf(deaf.read(page, clock.instant()));
        sweep(deaf);
        proxy.goDeaf();
        heard.clear();
    }

    private int viewersSeenDeafly() {
        return answerOf(deaf.read(PAGE, clock.instant())).viewerCount();
    }

    private static List<PagePath> pagesOfOneShard(int count) {
        var shard = new PageKeys(PAGE).shard();
        var pages = new ArrayList<>(List.of(PAGE));
        for (var i = 0; pages.size() < count; i++) {
            var page = new PagePath("/docs/" + i);
            if (new PageKeys(page).shard() == shard) {
                pages.add(page);
            }
        }
        return pages;
    }

    private void join(int number, PagePath page) {
        answerOf(joining(number, page));
    }

    private void beatLater(int number, PagePath page) {
        joining(number, page).subscribe().with(done -> {});
    }

    private Uni<?> joining(int number, PagePath page) {
        var user = new User(new UserId("u-" + number), "User " + number, null);
        var heartbeat = new Heartbeat(new TabId(0, number), page, false, true, null);
        return here.renew(user, heartbeat, true, LIFE, clock.instant());
    }

    private void sweep(RedisPresenceStore store) {
        answerOf(store.sweep(clock.instant()));
    }

    private static <T> T answerOf(Uni<T> answer) {
        return answer.await().atMost(Duration.ofSeconds(10));
    }
}
