package dev.copresence.access;

import dev.copresence.PagePath;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
import org.openjdk.jmh.annotations.Warmup;

/** What a heartbeat pays for being decided: by twenty rules, by none, and by an answer that is remembered. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class DecisionBenchmark {

    private final Caller caller = new Caller(
            new User(new UserId("3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01"), "Ana", null),
            Set.of("author", "user"),
            Set.of("docs", "staff", "hr"));

    private final PagePath first = new PagePath("/area-0/pages/presence");
    private final PagePath last = new PagePath("/docs/features/presence");
    private final PagePath asked = new PagePath("/tickets/7");
    private Access rules;
    private Access none;

    @Setup
    public void make() {
        Map<String, String> settings = new HashMap<>();
        for (var number = 0; number < 17; number++) {
            rule(settings, number, "/area-" + number + "/**,/legal/*/" + number + "/**", "group:hr");
        }
        rule(settings, 17, "/u/{user}/**", "self");
        rule(settings, 18, "/tickets/**", "ask");
        rule(settings, 19, "/**", "users");
        settings.put("copresence.access.pdp.url", "https://pdp.example");
        rules = access(settings);
        none = access(Map.of());
        rules.ask(caller, asked, Question.SEE).await().indefinitely();
    }

    private static void rule(Map<String, String> settings, int number, String paths, String view) {
        settings.put("copresence.access.rules[" + number + "].paths", paths);
        settings.put("copresence.access.rules[" + number + "].view", view);
    }

    private static Access access(Map<String, String> settings) {
        var config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(AccessConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(AccessConfig.class);
        var clock = InstantSource.fixed(Instant.EPOCH);
        return new Access(
                config,
                (caller, evaluations) -> Uni.createFrom()
                        .item(evaluations.stream().map(evaluation -> true).toList()),
                clock,
                clock,
                Duration.ZERO);
    }

    @Benchmark
    public Object withoutRules() {
        return none.decide(caller, last, Question.SEE);
    }

    @Benchmark
    public Object firstOfTwentyRules() {
        return rules.decide(caller, first, Question.SEE);
    }

    @Benchmark
    public Object lastOfTwentyRules() {
        return rules.decide(caller, last, Question.SEE);
    }

    @Benchmark
    public Object remembered() {
        return rules.decide(caller, asked, Question.SEE);
    }
}
