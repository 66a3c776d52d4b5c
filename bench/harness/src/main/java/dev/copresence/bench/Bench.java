package dev.copresence.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs scenarios by name. */
public final class Bench {

    /** The folder {@code bench} of the project. */
    static final Path HOME =
            Path.of(System.getProperty("bench.home")).toAbsolutePath().normalize();

    private static final Map<String, Scenario> SCENARIOS = new LinkedHashMap<>();

    static {
        SCENARIOS.put("calls", Calls::calls);
        SCENARIOS.put("heartbeat", Calls::heartbeat);
        SCENARIOS.put("full-heartbeat", Calls::fullHeartbeat);
        SCENARIOS.put("list", Calls::list);
        SCENARIOS.put("unchanged", Calls::unchanged);
        SCENARIOS.put("native", Calls::natively);
        SCENARIOS.put("cookie-heartbeat", Calls::cookieHeartbeat);
        SCENARIOS.put("cookie-list", Calls::cookieList);
        SCENARIOS.put("hot-page", Calls::hotPage);
        SCENARIOS.put("storm", Calls::storm);
        SCENARIOS.put("access", Calls::access);
        SCENARIOS.put("forbidden", Forbidden::time);
        SCENARIOS.put("receipts", Calls::receipts);
        SCENARIOS.put("lookup", Lookups::lookup);
        SCENARIOS.put("mix", Mix::mix);
        SCENARIOS.put("redis-mix", Mix::overRedis);
        SCENARIOS.put("fan-out", FanOut::fanOut);
        SCENARIOS.put("streams-memory", FanOut::memory);
        SCENARIOS.put("memory", Memory::memory);
        SCENARIOS.put("native-memory", Memory::natively);
        SCENARIOS.put("memory-1m", Memory::million);
        SCENARIOS.put("idle", Memory::idle);
        SCENARIOS.put("expiry", Memory::expiry);
        SCENARIOS.put("profile", Calls::profile);
        SCENARIOS.put("redis", Redis::cost);
        SCENARIOS.put("redis-memory", Redis::memory);
        SCENARIOS.put("redis-delay", Redis::delay);
        SCENARIOS.put("start-up", StartUp::startUp);
        SCENARIOS.put("differ", Differ::differ);
    }

    private Bench() {}

    /** Something to measure. */
    interface Scenario {
        void run(Provider provider) throws Exception;
    }

    public static void main(String... names) throws Exception {
        if (names.length > 0 && names[0].equals("soak")) {
            var options = SoakOptions.parse(java.util.List.of(names).subList(1, names.length));
            try (var provider = new Provider(HOME.resolve("target/provider"))) {
                System.exit(Soak.run(provider, options) ? 0 : 1);
            }
        }
        if (names.length > 0 && names[0].equals("cluster")) {
            var options = ClusterOptions.parse(java.util.List.of(names).subList(1, names.length));
            try (var provider = new Provider(HOME.resolve("target/provider"))) {
                Cluster.run(provider, options);
            }
            System.exit(0);
        }
        if (names.length == 0 || !SCENARIOS.keySet().containsAll(java.util.List.of(names))) {
            System.err.println("usage: bench/run SCENARIO...   of " + String.join(", ", SCENARIOS.keySet()));
            System.err.println(SoakOptions.USAGE);
            System.err.println(ClusterOptions.USAGE);
            System.exit(2);
        }
        try (var provider = new Provider(HOME.resolve("target/provider"))) {
            for (var name : names) {
                SCENARIOS.get(name).run(provider);
            }
            Chart.draw();
        }
        System.exit(0);
    }

    /** The number of runs that count, or what the environment says. */
    static int runs(int usual) {
        return Integer.parseInt(System.getenv().getOrDefault("BENCH_RUNS", "" + usual));
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
