package dev.copresence.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What lists cost that show who is on their rows, and how soon they show it: 1,000 people look at 200 rows each, out of 2,000
 * pages of which every second has somebody.
 */
final class Lookups {

    private static final int WATCHERS = 1_000;
    private static final int ROWS = 200;
    private static final int PAGES = 2_000;
    private static final int CALLS = 10_000;
    private static final int THREADS = 32;
    private static final Duration BETWEEN_CHANGES = Duration.ofSeconds(2);
    private static final Pattern ETAG = Pattern.compile("\"etag\":\"([^\"]+)\"");

    /** The page that is on every list, and changes. */
    private static final String CHANGING = "/tickets/changing";

    private Lookups() {}

    static void lookup(Provider provider) throws IOException {
        var report = new Report(
                "lookup",
                "CPU of the service for a lookup of 200 rows, by bearer token, 100 of them with somebody: for who has the answer"
                        + " already, and for who is given all of it; beside a heartbeat. And how soon a change of a row is seen by"
                        + " 1,000 people with 200 rows each who look every 500 ms, at their own moments, counted from when the"
                        + " change is sent; and by somebody who looks without a pause.");
        try (var ours = Server.copresence(
                "-Dcopresence.ttl=2h", "-Dcopresence.away-ttl=2h", "-Dcopresence.lookup.every=500ms")) {
            var accounts = provider.accounts(PAGES);
            var tabs = IntStream.range(0, PAGES)
                    .filter(n -> n % 2 == 0)
                    .mapToObj(n -> Tab.of(accounts.get(n), n, page(n)))
                    .toList();
            Calls.join(ours, tabs);
            var watchers = IntStream.range(0, WATCHERS)
                    .mapToObj(n -> new Watcher(accounts.get(n), rows(n)))
                    .toList();
            cost(ours, watchers, tabs, report);
            delay(ours, watchers, Tab.of(accounts.get(PAGES - 1), PAGES, CHANGING), report);
        }
        report.publish();
    }

    private static String page(int number) {
        return "/tickets/" + number;
    }

    private static String rows(int watcher) {
        var pages = IntStream.range(0, ROWS - 1).mapToObj(row -> page((watcher * 7 + row) % PAGES));
        return pages.collect(Collectors.joining("\",\"", "[\"" + CHANGING + "\",\"", "\"]"));
    }

    /** Somebody with a list. */
    private static final class Watcher {

        private final Account account;
        private final String pages;
        private volatile String known = "";

        Watcher(Account account, String pages) {
            this.account = account;
            this.pages = pages;
        }

        Request asks(String etag) {
            return Request.post("lookup", account, "{\"pages\":" + pages + ",\"known\":\"" + etag + "\"}");
        }

        /** Looks, and says whether there was news. */
        boolean looks(Connection connection) throws IOException {
            var answer = connection.call(asks(known));
            var etag = ETAG.matcher(answer);
            if (!etag.find()) {
                throw new IOException(answer);
            }
            known = etag.group(1);
            return answer.contains("\"pages\":");
        }
    }

    private static void cost(Server ours, List<Watcher> watchers, List<Tab> tabs, Report report) throws IOException {
        try (var connection = new Connection(ours.port)) {
            for (var watcher : watchers) {
                watcher.looks(connection);
            }
        }
        var known = watchers.stream().map(one -> one.asks(one.known)).toList();
        var told = watchers.stream().map(one -> one.asks("")).toList();
        var beats = tabs.stream().map(tab -> tab.heartbeat(null)).toList();
        for (var i = 0; i < 6; i++) {
            micros(ours, known);
            micros(ours, told);
            micros(ours, beats);
        }
        var samples = List.of(new Sample(), new Sample(), new Sample());
        for (var i = 0; i < Bench.runs(5); i++) {
            samples.get(0).add(micros(ours, known));
            samples.get(1).add(micros(ours, told));
            samples.get(2).add(micros(ours, beats));
        }
        report.add("200 rows, nothing new", "CPU per call", "µs", samples.get(0));
        report.add("200 rows, all told", "CPU per call", "µs", samples.get(1));
        report.add("a heartbeat with its snapshot", "CPU per call", "µs", samples.get(2));
    }

    private static double micros(Server ours, List<Request> requests) {
        var before = ours.cpuMicros();
        OpenLoop.send(ours, CALLS, n -> requests.get((int) (n % requests.size())));
        return (double) (ours.cpuMicros() - before) / CALLS;
    }

    private static void delay(Server ours, List<Watcher> watchers, Tab guest, Report report) throws IOException {
        var seconds = Integer.parseInt(System.getenv().getOrDefault("BENCH_SECONDS", "60"));
        var seen = new ConcurrentHistogram(60_000_000, 3);
        var atOnce = new Histogram(60_000_000, 3);
        var changed = new AtomicLong(System.nanoTime());
        var end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        var cpu = ours.cpuMicros();
        var looks = new AtomicLong();
        var threads = Executors.newFixedThreadPool(THREADS);
        try (var change = new Connection(ours.port);
                var eager = new Connection(ours.port)) {
            List<Future<?>> workers = new ArrayList<>();
            for (var i = 0; i < THREADS; i++) {
                var mine = i;
                workers.add(threads.submit(() -> watch(ours, watchers, mine, changed, seen, looks, end)));
            }
            var prober = new Watcher(guest.account(), "[\"" + CHANGING + "\"]");
            prober.looks(eager);
            for (var turn = 0; System.nanoTime() < end - BETWEEN_CHANGES.toNanos(); turn++) {
                Bench.pause(BETWEEN_CHANGES);
                var start = System.nanoTime();
                changed.set(start);
                change.call(turn % 2 == 0 ? guest.join() : guest.leave());
                while (!prober.looks(eager)) {
                    LockSupport.parkNanos(200_000);
                }
                atOnce.recordValue((System.nanoTime() - start) / 1000);
            }
            for (var worker : workers) {
                worker.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
        add(report, "a change, looked for every 500 ms", seen);
        add(report, "a change, looked for without a pause", atOnce);
        report.add("1,000 lists, every 500 ms", "share of a core", "%", (ours.cpuMicros() - cpu) / 10_000.0 / seconds);
        report.add("1,000 lists, every 500 ms", "lookups a second", "", (double) looks.get() / seconds);
    }

    private static void add(Report report, String subject, Histogram delays) {
        report.add(subject, "p50", "ms", delays.getValueAtPercentile(50) / 1000.0);
        report.add(subject, "p99", "ms", delays.getValueAtPercentile(99) / 1000.0);
    }

    /** Has every so manieth watcher look each 500 ms, at moments of their own. */
    private static void watch(
            Server ours,
            List<Watcher> watchers,
            int first,
            AtomicLong changed,
            Histogram seen,
            AtomicLong looks,
            long end) {
        var every = Duration.ofMillis(500).toNanos();
        var start = System.nanoTime();
        try (var connection = new Connection(ours.port)) {
            for (var round = 0L; ; round++) {
                for (var n = first; n < watchers.size(); n += THREADS) {
                    var due = start + round * every + every * n / watchers.size();
                    if (due > end) {
                        return;
                    }
                    for (var wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                        LockSupport.parkNanos(wait);
                    }
                    var isNews = watchers.get(n).looks(connection);
                    looks.incrementAndGet();
                    if (isNews && round > 1) {
                        seen.recordValue((System.nanoTime() - changed.get()) / 1000);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
