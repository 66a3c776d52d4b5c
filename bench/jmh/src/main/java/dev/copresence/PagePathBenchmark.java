package dev.copresence;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From what a client sent to a page. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class PagePathBenchmark {

    @Param({"/docs/features/presence", "/docs/%C3%A9t%C3%A9/%E6%97%A5%E6%9C%AC"})
    private String spelling;

    @Benchmark
    public Object canonical() {
        return new PagePath(spelling);
    }

    @Benchmark
    public Object tabId() {
        return TabId.of("3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01");
    }
}
