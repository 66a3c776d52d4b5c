package dev.copresence.store.redis;

import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All shards of pages together: what has expired on them, how much they hold, and what has changed on them since it was looked
 * at last, in case that an announcement of it was lost.
 */
final class Shards {

    /*
     * Answers are handled on the event loop of the calls, which owns what was seen and counted.
     */

    private static final int PAGES_PER_SWEEP = 100;

    private static final int CHANGES_PER_SWEEP = 1000;

    private final RedisCalls redis;
    private final CallTime time;
    private final Tally tally;
    private final Announcements announcements;
    private final Consumer<PagePath> listener;

    /** The ticket of each shard up to which its changes are known here; 0 before the first look. */
    private final String[] seen = new String[PageKeys.SHARDS];

    /**
     * The shards of one Redis.
     *
     * @param announcements is told of the changes that others have made
     * @param listener is told of each page that a sweep has changed
     */
    Shards(RedisCalls redis, CallTime time, Tally tally, Announcements announcements, Consumer<PagePath> listener) {
        this.redis = redis;
        this.time = time;
        this.tally = tally;
        this.announcements = announcements;
        this.listener = listener;
        Arrays.fill(seen, "0");
    }

    /** Takes away what has expired, and gives what there is afterwards. */
    Future<Occupancy> sweep(long now) {
        return sums(each(shard -> sweep(shard, now)));
    }

    private Future<Reply> sweep(int shard, long now) {
        return time.inTime(
                        now,
                        at -> redis.run(
                                Script.SWEEP,
                                PageKeys.ofShard(shard),
                                List.of(at, time.floor(at), PAGES_PER_SWEEP, CHANGES_PER_SWEEP, seen[shard])))
                .compose(swept -> {
                    tally.expired.addAndGet(swept.number(1));
                    tally.overdue.addAndGet(swept.number(2));
                    tally.tabs.addAndGet(-swept.number(3));
                    tally.noteTaken(swept.list(4));
                    noteChanges(shard, Objects.requireNonNull(swept.list(6)));
                    for (var i = 7; i < swept.size(); i += 2) {
                        time.saw(swept.number(i + 1));
                        listener.accept(new PagePath(swept.text(i)));
                    }
                    return swept.number(0) == 1
                            ? sweep(shard, now)
                            : Future.succeededFuture(Objects.requireNonNull(swept.list(5)));
                });
    }

    private void noteChanges(int shard, Reply changes) {
        seen[shard] = changes.text(0);
        time.saw(changes.number(0));
        if (changes.number(1) == 1) {
            announcements.mayHaveMissed(shard);
        }
        for (var i = 2; i < changes.size(); i += 2) {
            announcements.hear(shard, changes.text(i), changes.number(i + 1));
        }
    }

    /** Counts what there is, what has expired but was not swept yet included. */
    Future<Occupancy> count() {
        return sums(each(shard -> redis.ask(Request.cmd(Command.HMGET)
                        .arg(PageKeys.ofShard(shard).get(1))
                        .arg("pages")
                        .arg("tabs")
                        .arg("leases")
                        .arg("waits"))
                .map(Reply::new)));
    }

    private Future<Occupancy> sums(List<Future<Reply>> shards) {
        return Future.all(shards).map(all -> {
            var sums = IntStream.range(0, 4)
                    .mapToLong(i -> shards.stream()
                            .mapToLong(shard -> shard.result().number(i))
                            .sum())
                    .toArray();
            tally.tabs.set(sums[1]);
            return new Occupancy(sums[0], sums[1], sums[2], sums[3], tally.expired.get(), tally.transfers());
        });
    }

    /** The paths of pages below {@code prefix} on which there are tabs, in their order, the first {@code most} of them. */
    Future<List<PagePath>> pagesUnder(PagePath prefix, int most) {
        var start = prefix.value().equals("/") ? "/" : prefix.value() + "/";
        var end = start.substring(0, start.length() - 1) + (char) ('/' + 1);
        var shards = each(shard -> redis.ask(Request.cmd(Command.ZRANGE)
                        .arg(PageKeys.ofPaths(shard))
                        .arg("(" + start)
                        .arg("(" + end)
                        .arg("BYLEX")
                        .arg("LIMIT")
                        .arg(0)
                        .arg(most))
                .map(Reply::new));
        return Future.all(shards)
                .map(all -> shards.stream()
                        .flatMap(shard -> texts(shard.result()))
                        .sorted()
                        .limit(most)
                        .map(PagePath::new)
                        .toList());
    }

    private static Stream<String> texts(Reply list) {
        return IntStream.range(0, list.size()).mapToObj(list::text);
    }

    /** The last ms in which all tabs that there are live, as things stand; the largest number if there are none. */
    Future<Long> firstExpiry() {
        var shards = each(shard -> redis.ask(Request.cmd(Command.ZRANGE)
                .arg(PageKeys.ofShard(shard).get(0))
                .arg(0)
                .arg(0)
                .arg("WITHSCORES")));
        return Future.all(shards)
                .map(all -> shards.stream()
                        .map(shard -> new Reply(shard.result()))
                        .filter(first -> first.size() > 0)
                        .mapToLong(Shards::score)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    private static long score(Reply first) {
        // As RESP3 has it, a pair of its own.
        var pair = first.list(0);
        return pair != null && pair.size() == 2 ? pair.number(1) : first.number(1);
    }

    private static <T> List<Future<T>> each(IntFunction<Future<T>> call) {
        return IntStream.range(0, PageKeys.SHARDS).mapToObj(call).toList();
    }
}
