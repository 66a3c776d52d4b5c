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
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Very many tabs that two instances keep over a cluster, at the rate of heartbeats that this machine bears, while many pages are
 * watched; and, if wanted, a node that is killed in the middle.
 */
final class Cluster {

    /** An instance remembers the pages of its tabs in a quarter of it. */
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx2500m");

    private static final int TABS_OF_A_USER = 50;
    private static final int TABS_ON_A_PAGE = 10;
    private static final int PAGES_OF_A_STREAM = 20;
    private static final int CONNECTIONS_TO_EACH = 8;
    private static final int IDLE_SECONDS = 5;
    private static final Pattern ETAG = Pattern.compile("\"etag\":\"([^\"]+)\"");

    private final ClusterOptions options;
    private final List<Account> accounts;
    private final List<Server> instances;
    private final RedisNodes nodes;

    /** What is known of each page. */
    private final AtomicReferenceArray<String> etags;

    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong kept = new AtomicLong();
    private final AtomicLong failedLast = new AtomicLong();

    private Cluster(ClusterOptions options, List<Account> accounts, List<Server> instances, RedisNodes nodes) {
        this.options = options;
        this.accounts = accounts;
        this.instances = instances;
        this.nodes = nodes;
        this.etags = new AtomicReferenceArray<>(pages() + TABS_OF_A_USER);
    }

    static void run(Provider provider, ClusterOptions options) throws Exception {
        var accounts = provider.accounts(options.tabs() / TABS_OF_A_USER + 1);
        try (var nodes = new RedisNodes(options.nodes(), options.kill());
                var a = instance("Copresence A", 18080, nodes, options);
                var b = instance("Copresence B", 18085, nodes, options)) {
            new Cluster(options, accounts, List.of(a, b), nodes).run();
        }
    }

    private static Server instance(String name, int port, RedisNodes nodes, ClusterOptions options) {
        var settings = new ArrayList<>(List.of(nodes.settings()));
        // Longer than a round takes, and short enough for a tab that is forgotten to be missed.
        settings.addAll(List.of("-Dcopresence.ttl=20m", "-Dcopresence.away-ttl=20m"));
        settings.add("-Dcopresence.limits.tabs=" + 2 * options.tabs());
        return Server.copresence(name, port, HEAP, settings.toArray(String[]::new));
    }

    private void run() throws Exception {
        var report = new Report(
                options.kill() ? "cluster-kill" : "cluster",
                ("%,d tabs, %d of a user and %d on a page, %,d pages watched, kept by two instances over a cluster of %d nodes for"
                                + " %d min by heartbeats in batches of %d, all on one machine. The instances, the nodes and who"
                                + " sends share its cores, so the rate is the machine's.")
                        .formatted(
                                options.tabs(),
                                TABS_OF_A_USER,
                                TABS_ON_A_PAGE,
                                options.watched(),
                                options.nodes(),
                                options.time().toMinutes(),
                                options.batch()));
        idle(report);
        var empty = memory();
        report.add("filling", "heartbeats a second", "", fill());
        report.add("filling", "heartbeats that failed", "", failures.get());
        Bench.pause(Duration.ofSeconds(2));
        report.add("a tab", "used_memory", "B", (memory() - empty) / options.tabs());
        spread(report, "keys", node -> (double) node.keys());
        spread(report, "memory", node -> (double) node.usedMemory());
        var watching = watchers();
        try {
            keep(report);
        } finally {
            for (var one : watching) {
                one.close();
            }
        }
        for (var instance : instances) {
            report.add("at the end", "tabs that are missing, by " + instance.name, "", options.tabs() - tabs(instance));
        }
        report.publish();
    }

    private void idle(Report report) {
        Bench.pause(Duration.ofSeconds(3));
        var commands = commands();
        var cpu = cpu();
        Bench.pause(Duration.ofSeconds(IDLE_SECONDS));
        // The questions for the numbers are commands, too.
        var perInstance = (commands() - commands - nodes.masters().size()) / IDLE_SECONDS / instances.size();
        report.add("an idle instance", "commands a second, those of scripts included", "", perInstance);
        report.add("an idle instance", "CPU of Redis a second", "ms", (cpu() - cpu) / 1000 / IDLE_SECONDS / 2);
    }

    /** Brings all tabs; gives how many a second. */
    private double fill() throws IOException {
        var start = System.nanoTime();
        drive(options.tabs() / TABS_OF_A_USER, TABS_OF_A_USER, Long.MAX_VALUE, new Histogram(60_000_000, 3));
        return options.tabs() / ((System.nanoTime() - start) / 1e9);
    }

    private void keep(Report report) throws Exception {
        // A round in which all learn what their pages look like now, and those come that could not in the rush before.
        failures.set(0);
        drive(options.tabs() / TABS_OF_A_USER, TABS_OF_A_USER, Long.MAX_VALUE, new Histogram(60_000_000, 3));
        var before = nodes.masters().stream().map(RedisServer::cpuMicros).toList();
        var ofInstances = instances.stream().mapToLong(Server::cpuMicros).sum();
        var latencies = new ConcurrentHistogram(60_000_000, 3);
        var start = System.nanoTime();
        var end = start + options.time().toNanos();
        kept.set(0);
        var killer = Executors.newSingleThreadExecutor();
        Future<Double> outage = null;
        if (options.kill()) {
            outage = killer.submit(() -> {
                Bench.pause(options.time().dividedBy(2));
                var killed = System.nanoTime();
                nodes.killTheFirst();
                Bench.pause(options.time().dividedBy(4));
                return Math.max(0, failedLast.get() - killed) / 1e9;
            });
        }
        drive(Long.MAX_VALUE, options.batch(), end, latencies);
        killer.shutdown();
        var seconds = (System.nanoTime() - start) / 1e9;
        var what = "while they are kept";
        report.add(what, "heartbeats a second", "", kept.get() / seconds);
        report.add(what, "heartbeats that failed", "", failures.get());
        report.add(what, "p50 of a request", "ms", latencies.getValueAtPercentile(50) / 1000.0);
        report.add(what, "p99 of a request", "ms", latencies.getValueAtPercentile(99) / 1000.0);
        if (outage != null) {
            report.add(what, "last failure after a node was killed", "s", outage.get());
        } else {
            var used = IntStream.range(0, before.size())
                    .mapToDouble(i -> nodes.masters().get(i).cpuMicros() - before.get(i))
                    .toArray();
            var sum = IntStream.range(0, used.length).mapToDouble(i -> used[i]).sum();
            report.add(what, "CPU of Redis for each, sweeps and streams included", "µs", sum / kept.get());
            report.add(
                    what,
                    "busiest node over the mean",
                    "×",
                    IntStream.range(0, used.length)
                                    .mapToDouble(i -> used[i])
                                    .max()
                                    .orElse(0)
                            * used.length
                            / sum);
        }
        var service = instances.stream().mapToLong(Server::cpuMicros).sum() - ofInstances;
        report.add(what, "CPU of the instances for each", "µs", (double) service / kept.get());
    }

    /** Sends heartbeats in turn for all tabs, from both sides, so many requests or until the end. */
    private void drive(long requests, int batch, long end, Histogram latencies) throws IOException {
        var next = new AtomicLong();
        var threads = Executors.newFixedThreadPool(instances.size() * CONNECTIONS_TO_EACH);
        try {
            var workers = new ArrayList<Future<?>>();
            for (var i = 0; i < instances.size() * CONNECTIONS_TO_EACH; i++) {
                var port = instances.get(i % instances.size()).port;
                workers.add(threads.submit(() -> {
                    try (var connection = new Connection(port)) {
                        for (var n = next.getAndIncrement();
                                n < requests && System.nanoTime() < end;
                                n = next.getAndIncrement()) {
                            send(connection, n, batch, latencies);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
            for (var worker : workers) {
                worker.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void send(Connection connection, long number, int batch, Histogram latencies) throws IOException {
        var perUser = TABS_OF_A_USER / batch;
        var users = options.tabs() / TABS_OF_A_USER;
        var user = (int) (number / perUser % users);
        var first = user * TABS_OF_A_USER + (int) (number % perUser) * batch;
        var pages = IntStream.range(first, first + batch).map(this::pageOf).toArray();
        var bodies = IntStream.range(0, batch)
                .mapToObj(i ->
                        Tab.of(accounts.get(user), first + i, path(pages[i])).heartbeatBody(known(pages[i])))
                .collect(Collectors.joining(","));
        var start = System.nanoTime();
        var answer = batch == 1
                ? connection.exchange(Request.post("heartbeat", accounts.get(user), bodies))
                : connection.exchange(Request.post("batch", accounts.get(user), "{\"heartbeats\":[" + bodies + "]}"));
        latencies.recordValue((System.nanoTime() - start) / 1000);
        var found = ETAG.matcher(answer);
        var good = 0;
        while (found.find()) {
            if (good < batch) {
                etags.set(pages[good], found.group(1));
            }
            good++;
        }
        kept.addAndGet(Math.min(good, batch));
        if (good < batch) {
            if (failures.getAndAdd(batch - good) == 0) {
                System.err.println("the first failure: " + answer.substring(0, Math.min(answer.length(), 500)));
            }
            failedLast.set(System.nanoTime());
            Bench.pause(Duration.ofMillis(100));
        }
    }

    /** An etag that may belong to another page after a failed item: the answer then holds a snapshot, and the right one. */
    private String known(int page) {
        var known = etags.get(page);
        return known == null ? "none" : known;
    }

    private int pages() {
        return options.tabs() / TABS_ON_A_PAGE;
    }

    /** The page of a tab: those of one user are on different ones. */
    private int pageOf(int tab) {
        return (int) (tab * 7919L % pages());
    }

    private static String path(int page) {
        return "/wiki/space-" + page % 100 + "/page-" + page;
    }

    private List<AutoCloseable> watchers() throws IOException {
        var open = new ArrayList<AutoCloseable>();
        for (var i = 0; i < instances.size(); i++) {
            var requests = new ArrayList<Request>();
            for (var first = i * PAGES_OF_A_STREAM;
                    first + PAGES_OF_A_STREAM <= Math.min(options.watched(), pages());
                    first += instances.size() * PAGES_OF_A_STREAM) {
                var query = IntStream.range(first, first + PAGES_OF_A_STREAM)
                        .mapToObj(page -> "pagePath=" + path(page))
                        .collect(Collectors.joining("&"));
                requests.add(Request.streams(query, accounts.get(first % accounts.size())));
            }
            var streams = new Subscribers(instances.get(i), requests, false);
            var reader = new Thread(() -> {
                try {
                    streams.readFor(Duration.ofHours(2));
                } catch (IOException | RuntimeException e) {
                    // The run is over.
                }
            });
            reader.setDaemon(true);
            reader.start();
            open.add(streams);
        }
        return open;
    }

    private void spread(Report report, String what, ToDoubleFunction<RedisServer> of) {
        var values = nodes.masters().stream().mapToDouble(of).toArray();
        var mean = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .average()
                .orElse(1);
        var most = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .max()
                .orElse(0);
        report.add("a node", "most " + what + " over the mean", "×", most / mean);
    }

    private double memory() {
        return nodes.masters().stream().mapToDouble(RedisServer::usedMemory).sum();
    }

    private double commands() {
        return nodes.masters().stream().mapToDouble(RedisServer::commands).sum();
    }

    private double cpu() {
        return nodes.masters().stream().mapToDouble(RedisServer::cpuMicros).sum();
    }

    private static double tabs(Server instance) throws IOException {
        var found =
                Pattern.compile("(?m)^copresence_tabs(?:\\{[^}]*})? ([0-9.E]+)").matcher(instance.ask("/q/metrics"));
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }
}
