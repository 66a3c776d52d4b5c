package dev.copresence.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import dev.copresence.access.Level;
import dev.copresence.http.refusals.StrictJson;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a snapshot to its bytes and etag: once per change, and then remembered. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class EncodingBenchmark {

    @Param({"5", "100"})
    private int viewers;

    @Param
    private Level level;

    private SnapshotEncoder encoder;
    private PresenceSnapshot snapshot;

    @Setup
    public void draw() {
        var mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        encoder = new SnapshotEncoder(mapper);
        snapshot = copy();
    }

    private PresenceSnapshot copy() {
        var listed = IntStream.range(0, viewers)
                .mapToObj(i ->
                        new User(new UserId("user-" + i), "User " + i, "https://example.org/avatars/" + i + ".png"))
                .map(user -> new Viewer(user, 1, false, 1))
                .toList();
        return new PresenceSnapshot(new PagePath("/docs/a"), listed, null, viewers, viewers);
    }

    @Benchmark
    public Object remembered() {
        return encoder.encode(snapshot, level);
    }

    /** A snapshot object that the encoder has not seen; making that object is a small part of it. */
    @Benchmark
    public Object anew() {
        return encoder.encode(
                new PresenceSnapshot(
                        snapshot.page(),
                        snapshot.viewers(),
                        snapshot.editor(),
                        snapshot.viewerCount(),
                        snapshot.tabCount()),
                level);
    }
}
