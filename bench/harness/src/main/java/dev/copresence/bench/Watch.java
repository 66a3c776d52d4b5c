package dev.copresence.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Looks at all processes every five seconds: their memory, sockets, threads, CPU and metrics. */
final class Watch implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Pattern SERIES = Pattern.compile("(?m)^[^#\n]");
    private static final Pattern REFUSALS =
            Pattern.compile("(?m)^copresence_refusals_total\\{.*?reason=\"([^\"]+)\".*?} ([0-9.E]+)$");

    private final Timeline timeline;
    private final Fleet fleet;
    private final Supplier<RedisServer> redis;
    private final Map<String, Life> lives = new LinkedHashMap<>();
    private final List<RedisServer> seen = new ArrayList<>();
    private final Thread thread = new Thread(this::look, "watch");
    private volatile boolean goesOn = true;

    /** A process from its start to its end. */
    static final class Life {

        final double start;
        final Series rss = new Series();
        final Series heap = new Series();
        final Series direct = new Series();
        final Series files = new Series();
        final Series threads = new Series();
        final Series series = new Series();
        final Series keys = new Series();
        final Series cpu = new Series();
        Map<String, Double> refusals = Map.of();
        boolean diedByItself;

        private Life(double start) {
            this.start = start;
        }
    }

    /** @param redis the one that runs, or null */
    Watch(Timeline timeline, Fleet fleet, Supplier<RedisServer> redis) {
        this.timeline = timeline;
        this.fleet = fleet;
        this.redis = redis;
        thread.setDaemon(true);
        thread.start();
    }

    /** By the processes' names. */
    Map<String, Life> lives() {
        return lives;
    }

    private void look() {
        while (goesOn) {
            var now = seconds();
            for (var number = 0; number < fleet.size(); number++) {
                var server = fleet.at(number);
                if (server.isAlive()) {
                    try {
                        look(server, lives.computeIfAbsent(server.name, name -> new Life(now)), now);
                    } catch (IOException | UncheckedIOException e) {
                        System.err.println(server.name + " was not looked at: " + e);
                    }
                }
            }
            try {
                var running = redis.get();
                if (running != null) {
                    look(running, now);
                }
            } catch (IllegalStateException | UncheckedIOException e) {
                System.err.println("Redis was not looked at: " + e);
            }
            Bench.pause(EVERY);
        }
    }

    private void look(Server server, Life life, double now) throws IOException {
        life.rss.add(now, server.rss());
        life.files.add(now, server.openFiles());
        life.threads.add(now, server.threads());
        life.cpu.add(now, server.cpuMicros());
        var metrics = server.ask("/q/metrics");
        life.series.add(now, SERIES.matcher(metrics).results().count());
        life.heap.add(now, sum(metrics, "jvm_memory_used_bytes\\{area=\"heap\".*?}"));
        life.direct.add(now, sum(metrics, "jvm_buffer_memory_used_bytes\\{id=\"direct\".*?}"));
        var refusals = new TreeMap<String, Double>();
        REFUSALS.matcher(metrics)
                .results()
                .forEach(line -> refusals.merge(line.group(1), Double.parseDouble(line.group(2)), Double::sum));
        life.refusals = refusals;
    }

    private void look(RedisServer server, double now) {
        if (!seen.contains(server)) {
            seen.add(server);
        }
        var life = lives.computeIfAbsent("redis-" + seen.size(), name -> new Life(now));
        life.heap.add(now, server.usedMemory());
        life.rss.add(now, server.residentMemory());
        life.keys.add(now, server.keys());
        life.cpu.add(now, server.cpuMicros());
    }

    private static double sum(String metrics, String name) {
        return Pattern.compile("(?m)^" + name + " ([0-9.E]+)$")
                .matcher(metrics)
                .results()
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum();
    }

    private double seconds() {
        return timeline.elapsed().toMillis() / 1000.0;
    }

    @Override
    public void close() {
        goesOn = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (var number = 0; number < fleet.size(); number++) {
            var server = fleet.at(number);
            if (!server.isAlive() && lives.containsKey(server.name)) {
                lives.get(server.name).diedByItself = true;
            }
        }
    }
}
