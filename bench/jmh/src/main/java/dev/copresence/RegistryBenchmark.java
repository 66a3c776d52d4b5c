package dev.copresence;

import dev.copresence.store.memory.InMemoryPresenceStore;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The registry over the in-memory store, with 1,000,000 live tabs: five of each user, ten on a page. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class RegistryBenchmark {

    private static final int TABS = 1_000_000;
    private static final int TABS_OF_A_USER = 5;
    private static final int TABS_ON_A_PAGE = 10;

    private final User[] users = new User[TABS / TABS_OF_A_USER];
    private final Heartbeat[] heartbeats = new Heartbeat[TABS];
    private PresenceRegistry registry;

    /** Where a thread is: it walks all tabs in an order that no cache foresees. */
    @State(Scope.Thread)
    public static class Walk {

        private long at = System.nanoTime();

        int next() {
            at = at * 6364136223846793005L + 1442695040888963407L;
            return (int) ((at >>> 33) % TABS);
        }
    }

    @Setup
    public void fill() {
        var config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(PresenceConfig.class)
                .withDefaultValue("copresence.ttl", "2h")
                .withDefaultValue("copresence.away-ttl", "2h")
                .withDefaultValue("copresence.limits.tabs", Integer.toString(TABS))
                .build()
                .getConfigMapping(PresenceConfig.class);
        registry = new PresenceRegistry(new InMemoryPresenceStore(config), InstantSource.system(), config);
        for (var i = 0; i < users.length; i++) {
            users[i] = new User(new UserId("user-" + i), "User " + i, null);
        }
        for (var i = 0; i < TABS; i++) {
            var page = new PagePath("/docs/page-" + (i * 7919L) % TABS / TABS_ON_A_PAGE);
            heartbeats[i] = new Heartbeat(new TabId(i, ~i), page, false, true, null);
            registry.join(users[i / TABS_OF_A_USER], heartbeats[i]).await().indefinitely();
        }
    }

    @Benchmark
    @Threads(1)
    public Object heartbeat(Walk walk) {
        var tab = walk.next();
        return registry.heartbeat(users[tab / TABS_OF_A_USER], heartbeats[tab]);
    }

    @Benchmark
    @Threads(2)
    public Object heartbeatOfTwoThreads(Walk walk) {
        var tab = walk.next();
        return registry.heartbeat(users[tab / TABS_OF_A_USER], heartbeats[tab]);
    }

    @Benchmark
    @Threads(1)
    public Object list(Walk walk) {
        return registry.list(heartbeats[walk.next()].page());
    }
}
