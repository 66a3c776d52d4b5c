package dev.copresence.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.TabId;
import dev.copresence.UserId;
import dev.copresence.http.receipts.Receipts;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.keys.EllipticCurves;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Receipts: one that has to be signed, one that the tab knows, and none, since there are no keys. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Thread)
public class ReceiptBenchmark {

    private static final UserId USER = new UserId("5b0c6a3e-0000-4000-8000-000000000001");
    private static final PagePath PAGE = new PagePath("/docs/handbook/install");
    private static final TabId TAB = new TabId(0, 1);

    private final Editing held = new Editing.Granted(1_795_556_475_130_001L);
    private long fence = 1_795_556_475_130_001L;
    private Receipts receipts;
    private Receipts none;

    @Setup
    public void makeKeys() throws Exception {
        var key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        key.setKeyId("2026-11");
        var file = Files.createTempFile("receipts", ".jwks");
        Files.writeString(file, "{\"keys\":[" + key.toJson(OutputControlLevel.INCLUDE_PRIVATE) + "]}");
        receipts = receipts(Map.of(
                "copresence.receipts.keys", file.toString(),
                "copresence.receipts.issuer", "https://presence.example",
                "copresence.receipts.audience", "https://wiki.example"));
        Files.delete(file);
        none = receipts(Map.of());
    }

    private static Receipts receipts(Map<String, String> settings) throws Exception {
        var config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(PresenceConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(PresenceConfig.class);
        return new Receipts(config, Clock.systemUTC(), new ObjectMapper());
    }

    @Benchmark
    public String sign() {
        return receipts.of(USER, TAB, PAGE, new Editing.Granted(++fence), true);
    }

    @Benchmark
    public String known() {
        return receipts.of(USER, TAB, PAGE, held, true);
    }

    @Benchmark
    public String withoutKeys() {
        return none.of(USER, TAB, PAGE, held, true);
    }
}
