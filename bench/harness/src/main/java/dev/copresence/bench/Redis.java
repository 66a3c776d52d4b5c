package dev.copresence.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** What instances cost the Redis that they share, and how long news takes from one to the other. */
final class Redis {

    private static final int SECONDS = 3;
    private static final int BATCH = 50;
    private static final int PAGES_WITH_A_STREAM = 60;

    private Redis() {}

    static Server instance(String name, int port, String... more) {
        var settings = new ArrayList<>(RedisServer.settings());
        settings.addAll(List.of(more));
        return Server.copresence(name, port, Server.HEAP, settings.toArray(String[]::new));
    }

    // --- CPU

    /** A way to send heartbeats: gives how many were sent in some seconds. */
    private interface Load {
        long run() throws IOException;
    }

    static void cost(Provider provider) throws IOException {
        try (var redis = new RedisServer();
                var ours = instance("Copresence", 18080, Server.longLives())) {
            var accounts = provider.accounts(Calls.USERS);
            var tabs = Calls.tabs(accounts);
            var claiming = claiming(accounts);
            var batches = batches(accounts);
            var etags = Calls.join(ours, tabs);
            etags.putAll(Calls.join(ours, claiming.stream().map(Claim::tab).toList()));
            var etagsOfBatches = new LinkedHashMap<String, String>();
            for (var batch : batches) {
                etagsOfBatches.putAll(Calls.join(ours, batch));
            }
            var single = Wrk.file(
                    "redis-heartbeat",
                    tabs.stream()
                            .map(tab -> tab.heartbeat(etags.get(tab.page())))
                            .toList());
            var claims = Wrk.file(
                    "redis-claim",
                    claiming.stream()
                            .map(claim -> claim.heartbeat(etags.get(claim.tab.page())))
                            .toList());
            var batched = Wrk.file(
                    "redis-batch",
                    batches.stream().map(batch -> batch(batch, etagsOfBatches)).toList());
            var loads = new LinkedHashMap<String, Load>();
            loads.put("one after the other", () -> alone(ours, tabs, etags));
            loads.put("32 at once", () -> Wrk.run(ours, single, SECONDS).requests());
            loads.put(
                    "32 at once, all claiming",
                    () -> Wrk.run(ours, claims, SECONDS).requests());
            loads.put(
                    "32 batches of 50 at once",
                    () -> BATCH * Wrk.run(ours, batched, SECONDS).requests());
            measure(redis, ours, loads);
        }
    }

    private static void measure(RedisServer redis, Server ours, Map<String, Load> loads) throws IOException {
        for (var load : loads.values()) {
            load.run();
            load.run();
        }
        var idle = redis.cpuMicros();
        Bench.pause(Duration.ofSeconds(5));
        var idleMicrosASecond = (redis.cpuMicros() - idle) / 5;
        var costs = new LinkedHashMap<String, List<Sample>>();
        for (var run = 0; run < Bench.runs(5); run++) {
            for (var load : loads.entrySet()) {
                var start = System.nanoTime();
                var redisBefore = redis.cpuMicros();
                var oursBefore = ours.cpuMicros();
                var scriptsBefore = redis.scripts();
                var count = load.getValue().run();
                var scripts = redis.scripts() - scriptsBefore;
                var time = (System.nanoTime() - start) / 1e9;
                var ofRedis = redis.cpuMicros() - redisBefore - idleMicrosASecond * time;
                var samples = costs.computeIfAbsent(
                        load.getKey(), name -> List.of(new Sample(), new Sample(), new Sample(), new Sample()));
                samples.get(0).add(ofRedis / count);
                samples.get(1).add((double) (ours.cpuMicros() - oursBefore) / count);
                samples.get(2).add((double) scripts / count);
                samples.get(3).add(count / time);
            }
        }
        var report = new Report(
                "redis",
                "CPU of Redis " + redis.version()
                        + " and of the one instance for each heartbeat of a tab that knows its page (five tabs on a"
                        + " page; in batches a user's 50 tabs, each on another page of five), the sweep's share taken"
                        + " off. "
                        + "The sweep and the metrics of an instance cost Redis %.1f ms a second, and are the scripts above one."
                                .formatted(idleMicrosASecond / 1000));
        costs.forEach((name, samples) -> {
            report.add(name, "CPU of Redis", "µs", samples.get(0));
            report.add(name, "CPU of the service", "µs", samples.get(1));
            report.add(name, "scripts", "", samples.get(2));
            report.add(name, "heartbeats a second", "", samples.get(3));
        });
        report.publish();
    }

    private static long alone(Server ours, List<Tab> tabs, Map<String, String> etags) throws IOException {
        var end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        var count = 0;
        try (var connection = new Connection(ours.port)) {
            while (System.nanoTime() < end) {
                var tab = tabs.get(count++ % tabs.size());
                connection.call(tab.heartbeat(etags.get(tab.page())));
            }
        }
        return count;
    }

    /** A tab that wants to edit: one of five on its page gets the lease, the others wait. */
    private record Claim(Tab tab) {
        Request heartbeat(String known) {
            return Request.post(
                    "heartbeat",
                    tab.account(),
                    tab.heartbeatBody(known).replace("\"isEditing\":false", "\"isEditing\":true"));
        }
    }

    private static List<Claim> claiming(List<Account> accounts) {
        return IntStream.range(0, accounts.size())
                .mapToObj(n ->
                        new Claim(Tab.of(accounts.get(n), 100_000 + n, "/edited/page-" + n / Calls.TABS_ON_A_PAGE)))
                .toList();
    }

    /** The tabs of forty users, 50 of each, each of them on another page with those of four others. */
    private static List<List<Tab>> batches(List<Account> accounts) {
        IntFunction<List<Tab>> ofUser = user -> IntStream.range(0, BATCH)
                .mapToObj(i -> Tab.of(
                        accounts.get(user),
                        200_000 + user * BATCH + i,
                        "/batch/page-" + (user / Calls.TABS_ON_A_PAGE * BATCH + i)))
                .toList();
        return IntStream.range(0, Calls.USERS / BATCH).mapToObj(ofUser).toList();
    }

    private static Request batch(List<Tab> tabs, Map<String, String> etags) {
        var heartbeats = tabs.stream()
                .map(tab -> tab.heartbeatBody(etags.get(tab.page())))
                .collect(Collectors.joining(","));
        return Request.post("batch", tabs.get(0).account(), "{\"heartbeats\":[" + heartbeats + "]}");
    }

    // --- Memory

    static void memory(Provider provider) throws IOException {
        var report = new Report(
                "redis-memory",
                "What 10,000 tabs take in Redis: used_memory beside the same Redis without them, and MEMORY USAGE of the keys of "
                        + "pages and of users. Ids of users have 32 characters, avatars 41, names 11, paths about 17.");
        weigh(provider, report, "one tab of a user, ten on a page", 1, n -> "/docs/page-" + n / 10);
        weigh(provider, report, "five tabs of a user, ten on a page", 5, n -> "/docs/page-" + n * 7919L % 10_000 / 10);
        weigh(provider, report, "one tab of a user, alone on its page", 1, n -> "/docs/page-" + n);
        report.publish();
    }

    private static void weigh(
            Provider provider, Report report, String what, int tabsOfAUser, IntFunction<String> pageOf)
            throws IOException {
        var count = 10_000;
        try (var redis = new RedisServer();
                var ours = instance("Copresence", 18080, Server.longLives())) {
            var accounts = provider.accounts(count);
            IntFunction<Request> join = n ->
                    Tab.of(accounts.get(n / tabsOfAUser), n, pageOf.apply(n)).join();
            var warm = Tab.of(accounts.get(count - 1), count, "/elsewhere");
            try (var connection = new Connection(ours.port)) {
                connection.call(warm.join());
            }
            Bench.pause(Duration.ofSeconds(2));
            var before = redis.usedMemory();
            OpenLoop.send(ours, count, n -> join.apply((int) n));
            Bench.pause(Duration.ofSeconds(2));
            report.add(what, "used_memory a tab", "B", (double) (redis.usedMemory() - before) / count);
            report.add(what, "keys of pages, a tab", "B", (double) redis.memoryOf("copresence:{???}*") / count);
            report.add(what, "slots of users, a tab", "B", (double) redis.memoryOf("copresence:{u:*") / count);
        }
    }

    // --- Delay

    static void delay(Provider provider) throws IOException {
        try (var redis = new RedisServer();
                var a = instance("Copresence A", 18080, Server.longLives());
                var b = instance("Copresence B", 18085, Server.longLives())) {
            var report = new Report(
                    "redis-delay",
                    "From the moment that a join is sent to instance A to the end of its event on a stream of instance"
                            + " B, both on one Redis " + redis.version()
                            + ", all on one machine; 60 pages in turn, each with one stream. "
                            + "Beside it the same on a stream of A itself.");
            var accounts = provider.accounts(Calls.USERS);
            Calls.join(a, Calls.tabs(accounts));
            time(a, a, accounts, "/warm-a/", 900);
            time(a, b, accounts, "/warm-b/", 900);
            add(report, "A to A", time(a, a, accounts, "/a-to-a/", 900));
            add(report, "A to B", time(a, b, accounts, "/a-to-b/", 1800));
            report.publish();
        }
    }

    private static void add(Report report, String subject, Histogram delays) {
        report.add(subject, "p50", "ms", delays.getValueAtPercentile(50) / 1000.0);
        report.add(subject, "p99", "ms", delays.getValueAtPercentile(99) / 1000.0);
        report.add(subject, "longest", "ms", delays.getMaxValue() / 1000.0);
        report.add(subject, "joins", "", delays.getTotalCount());
    }

    /** Joins and leaves page by page, so that each page is quiet when its turn comes; the joins are timed. */
    private static Histogram time(Server at, Server seenAt, List<Account> accounts, String pages, int joins)
            throws IOException {
        var delays = new Histogram(60_000_000, 3);
        var guests = IntStream.range(0, PAGES_WITH_A_STREAM)
                .mapToObj(n -> Tab.of(accounts.get(n), 300_000 + n, pages + n))
                .toList();
        var open = guests.stream()
                .map(guest -> Request.stream(guest.page(), guest.account()))
                .toList();
        try (var streams = new Subscribers(seenAt, open, true);
                var connection = new Connection(at.port)) {
            var total = streams.events();
            for (var n = 0; n < 2 * joins; n++) {
                var guest = guests.get(n % guests.size());
                var joining = n / guests.size() % 2 == 0;
                var start = System.nanoTime();
                connection.call(joining ? guest.join() : guest.leave());
                streams.await(++total, joining ? delays : null, start);
                Bench.pause(Duration.ofMillis(4));
            }
        }
        return delays;
    }
}
