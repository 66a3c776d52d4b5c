package dev.copresence.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;

/** The steady state of many: heartbeats and lists one to one, pages as popular as Zipf has it, in an open loop. */
final class Mix {

    private static final int PER_SECOND = 3_000;
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration TIME = Duration.ofSeconds(8);

    private Mix() {}

    static void mix(Provider provider) throws IOException {
        try (var ours = Server.copresence(Server.longLives());
                var bare = Server.bare();
                var node = Server.node()) {
            var tabs = tabs(provider.accounts(5_000), 20_000);
            Calls.join(ours, tabs);
            Calls.join(node, tabs);
            measure("mix", "", List.of(ours, bare, node), tabs);
        }
    }

    /** Two instances that share a Redis, and one in memory beside them. */
    static void overRedis(Provider provider) throws IOException {
        try (var redis = new RedisServer();
                var a = Redis.instance("one of two on Redis", 18080, Server.longLives());
                var b = Redis.instance("the other", 18085, Server.longLives());
                var alone = Server.copresence("Copresence in memory", 18086, Server.HEAP, Server.longLives())) {
            var tabs = tabs(provider.accounts(5_000), 20_000);
            Calls.join(a, tabs);
            Calls.join(alone, tabs);
            measure(
                    "redis-mix",
                    " Redis " + redis.version() + " has the same two cores; the instances take turns.",
                    List.of(a, b, alone),
                    tabs);
        }
    }

    private static void measure(String name, String more, List<Server> servers, List<Tab> tabs) throws IOException {
        var requests = requests(tabs);
        var report = new Report(
                name,
                "Heartbeats and lists one to one, " + PER_SECOND + " a second whatever comes, "
                        + "20,000 tabs of 5,000 users on 2,000 pages by Zipf's law; latency from the moment that a request was due."
                        + more);
        for (var server : servers) {
            OpenLoop.run(server, PER_SECOND, WARM_UP, requests);
        }
        for (var server : servers) {
            var cpu = new Sample();
            var p50 = new Sample();
            var p99 = new Sample();
            var p999 = new Sample();
            for (var run = 0; run < Bench.runs(3); run++) {
                var before = server.cpuMicros();
                var latencies = OpenLoop.run(server, PER_SECOND, TIME, requests);
                cpu.add((double) (server.cpuMicros() - before) / latencies.getTotalCount());
                p50.add(latencies.getValueAtPercentile(50) / 1000.0);
                p99.add(latencies.getValueAtPercentile(99) / 1000.0);
                p999.add(latencies.getValueAtPercentile(99.9) / 1000.0);
            }
            report.add(server.name, "CPU per call", "µs", cpu);
            report.add(server.name, "p50", "ms", p50);
            report.add(server.name, "p99", "ms", p99);
            report.add(server.name, "p99.9", "ms", p999);
        }
        report.publish();
    }

    /** Tabs whose pages are drawn by Zipf's law with exponent 1. */
    private static List<Tab> tabs(List<Account> accounts, int count) {
        var pages = count / 10;
        var shares = new double[pages];
        for (var i = 0; i < pages; i++) {
            shares[i] = (i == 0 ? 0 : shares[i - 1]) + 1.0 / (i + 1);
        }
        var random = new Random(1);
        return random.doubles(count, 0, shares[pages - 1])
                .mapToInt(at -> Math.min(pages - 1, Math.abs(Arrays.binarySearch(shares, at) + 1)))
                .boxed()
                .map(new Numbered(accounts)::tab)
                .toList();
    }

    private static final class Numbered {

        private final List<Account> accounts;
        private int next;

        Numbered(List<Account> accounts) {
            this.accounts = accounts;
        }

        Tab tab(int page) {
            var number = next++;
            return Tab.of(accounts.get(number % accounts.size()), number, "/docs/page-" + page);
        }
    }

    static LongFunction<Request> requests(List<Tab> tabs) {
        return n -> {
            var tab = tabs.get((int) (n / 2 * 7919 % tabs.size()));
            return n % 2 == 0 ? tab.heartbeat(null) : tab.list(null);
        };
    }
}
