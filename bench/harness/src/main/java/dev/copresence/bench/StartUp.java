package dev.copresence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Supplier;

/** How long it takes from the process's start to the first time that it says it is ready, and what it weighs then. */
final class StartUp {

    private StartUp() {}

    static void startUp(Provider provider) throws IOException {
        var report = new Report("start-up", "From the start of the process to its being ready, and its memory then.");
        add(report, () -> Server.copresence("JVM", 18080, Memory.SMALL));
        if (Files.exists(Server.nativeExecutable())) {
            add(report, () -> Server.copresenceNative("native", 18080, List.of()));
        }
        add(report, Server::bare);
        report.publish();
    }

    private static void add(Report report, Supplier<Server> start) {
        var time = new Sample();
        var memory = new Sample();
        var name = "";
        for (var run = 0; run < Bench.runs(5); run++) {
            try (var server = start.get()) {
                name = server.name;
                time.add(server.startUp.toMillis());
                memory.add(server.rss() / 1e6);
            }
        }
        report.add(name, "ready after", "ms", time);
        report.add(name, "RSS", "MB", memory);
    }
}
