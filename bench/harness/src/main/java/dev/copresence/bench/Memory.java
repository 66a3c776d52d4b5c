package dev.copresence.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What live tabs weigh, what they cost while nothing happens, and what it costs to let them go. */
final class Memory {

    /** A JVM for a small machine. */
    static final List<String> SMALL =
            List.of("-XX:+UseSerialGC", "-Xmx96m", "-Xss512k", "-XX:ReservedCodeCacheSize=48m");

    private static final List<String> MEDIUM =
            List.of("-XX:+UseSerialGC", "-Xmx128m", "-Xss512k", "-XX:ReservedCodeCacheSize=48m");

    private static final List<String> LARGE = List.of("-XX:+UseSerialGC", "-Xmx704m");

    private static final int TABS_OF_A_USER = 5;
    private static final int TABS_ON_A_PAGE = 10;

    private Memory() {}

    static void memory(Provider provider) throws IOException {
        var report =
                new Report("memory", "100,000 live tabs, five of each user, ten on a page, and 20 s of mixed load.");
        weigh(provider, 100_000, MEDIUM, 2_000, report);
        report.publish();
    }

    /** The native executable with less and less heap, as far as it goes. */
    static void natively(Provider provider) throws IOException {
        var report = new Report(
                "native-memory",
                "The native executable: 100,000 live tabs, five of each user, ten on a page, and 20 s of mixed load.");
        var accounts = provider.accounts(100_000 / TABS_OF_A_USER);
        for (var heap : List.of("-Xmx192m", "-Xmx128m", "-Xmx96m")) {
            try (var ours = Server.copresenceNative("native", 18080, List.of(heap), Server.longLives())) {
                var empty = ours.rss();
                populate(ours, accounts, 100_000);
                var latencies =
                        OpenLoop.run(ours, 1_000, Duration.ofSeconds(20), Mix.requests(tabs(accounts, 100_000)));
                report.add(heap, "RSS empty", "MB", empty / 1e6);
                report.add(heap, "RSS", "MB", ours.rss() / 1e6);
                report.add(heap, "peak RSS", "MB", ours.peakRss() / 1e6);
                report.add(heap, "p99 of 1,000 calls/s", "ms", latencies.getValueAtPercentile(99) / 1000.0);
            } catch (IllegalStateException e) {
                System.err.println(heap + " is not enough: " + e.getMessage());
                break;
            }
        }
        report.publish();
    }

    static void million(Provider provider) throws IOException {
        var report = new Report(
                "memory-1m", "1,000,000 live tabs, five of each user, ten on a page, and 20 s of mixed load.");
        weigh(provider, 1_000_000, LARGE, 3_000, report);
        report.publish();
    }

    private static void weigh(Provider provider, int count, List<String> jvm, int perSecond, Report report)
            throws IOException {
        try (var ours = Server.copresence("Copresence", 18080, jvm, Server.longLives())) {
            var accounts = provider.accounts(count / TABS_OF_A_USER);
            var tabs = tabs(accounts, count);
            try (var connection = new Connection(ours.port)) {
                connection.call(tabs.get(0).join());
            }
            var empty = ours.liveHeap();
            var rssEmpty = ours.rss();
            populate(ours, accounts, count);
            var latencies = OpenLoop.run(ours, perSecond, Duration.ofSeconds(20), Mix.requests(tabs));
            var subject = String.format("%,d tabs, %s", count, String.join(" ", jvm));
            report.add(subject, "RSS empty", "MB", rssEmpty / 1e6);
            report.add(subject, "RSS", "MB", ours.rss() / 1e6);
            report.add(subject, "peak RSS", "MB", ours.peakRss() / 1e6);
            report.add(subject, "p99 of " + perSecond + " calls/s", "ms", latencies.getValueAtPercentile(99) / 1000.0);
            report.add(subject, "heap per tab, all", "B", (double) (ours.liveHeap() - empty) / count);
            histogram(ours);
            // By then what is remembered of credentials and request rates has gone.
            Bench.pause(Duration.ofSeconds(75));
            OpenLoop.send(ours, 2_000, n -> tabs.get((int) n).list(null));
            report.add(subject, "heap per tab, after a minute's rest", "B", (double) (ours.liveHeap() - empty) / count);
            histogram(ours);
        }
    }

    private static void histogram(Server server) {
        if (System.getenv("BENCH_HISTOGRAM") != null) {
            System.out.println(
                    server.jcmd("GC.class_histogram").lines().limit(40).collect(Collectors.joining("\n")));
        }
    }

    static void idle(Provider provider) throws IOException {
        var report = new Report("idle", "100,000 live tabs and no call for 30 s.");
        try (var ours = Server.copresence(Server.longLives())) {
            populate(ours, provider.accounts(20_000), 100_000);
            Bench.pause(Duration.ofSeconds(10));
            var share = new Sample();
            for (var run = 0; run < Bench.runs(3); run++) {
                var before = ours.cpuMicros();
                Bench.pause(Duration.ofSeconds(30));
                share.add((ours.cpuMicros() - before) / 30e6 * 100);
            }
            report.add("100,000 tabs", "of one core", "%", share);
        }
        report.publish();
    }

    /** The tabs come within some seconds and so expire within some; what the process costs when idle is taken off. */
    static void expiry(Provider provider) throws IOException {
        var report = new Report(
                "expiry", "100,000 tabs on 10,000 pages that nobody hears of any more, swept once a second.");
        try (var ours = Server.copresence("-Dcopresence.ttl=25s", "-Dcopresence.away-ttl=25s")) {
            var accounts = provider.accounts(20_000);
            var cost = new Sample();
            for (var run = 0; run <= Bench.runs(3); run++) {
                populate(ours, accounts, 100_000);
                var idle = cpuOf(ours, Duration.ofSeconds(4));
                var busy = cpuOf(ours, Duration.ofSeconds(28));
                if (run > 0) {
                    cost.add((busy - idle * 7.0) / 100_000);
                }
            }
            report.add("100,000 tabs", "CPU per expired tab", "µs", cost);
        }
        report.publish();
    }

    private static long cpuOf(Server server, Duration time) {
        var before = server.cpuMicros();
        Bench.pause(time);
        return server.cpuMicros() - before;
    }

    private static List<Tab> tabs(List<Account> accounts, int count) {
        return IntStream.range(0, count).mapToObj(n -> tab(accounts, n)).toList();
    }

    private static Tab tab(List<Account> accounts, int number) {
        // A user's tabs are on different pages, and a page's tabs of different users.
        var page = (number * 7919L) % (accounts.size() * (long) TABS_OF_A_USER) / TABS_ON_A_PAGE;
        return Tab.of(accounts.get(number / TABS_OF_A_USER), number, "/docs/page-" + page);
    }

    private static void populate(Server server, List<Account> accounts, int count) {
        LongFunction<Request> batches = user -> {
            var account = accounts.get((int) user);
            var heartbeats = IntStream.range(0, TABS_OF_A_USER)
                    .mapToObj(
                            i -> tab(accounts, (int) user * TABS_OF_A_USER + i).heartbeatBody("none"))
                    .collect(Collectors.joining(","));
            return Request.post("batch", account, "{\"heartbeats\":[" + heartbeats + "]}");
        };
        OpenLoop.send(server, count / TABS_OF_A_USER, batches);
    }
}
