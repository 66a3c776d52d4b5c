package dev.copresence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The instances of the packaged service that share a Redis, each of which can be killed and started again. */
final class Fleet implements AutoCloseable {

    private static final int FIRST_PORT = 18180;

    private final List<String> launcher;
    private final List<String> settings;
    private final List<Server> all = new CopyOnWriteArrayList<>();
    private final Server[] running;

    Fleet(SoakOptions options, List<String> settings) throws IOException {
        this.launcher = options.natively() ? natively(options.memory()) : jar(options.memory());
        this.settings = settings;
        running = new Server[options.instances()];
        IntStream.range(0, running.length).forEach(this::start);
    }

    /** As the image starts the jar, on a machine of so much memory. */
    private static List<String> jar(int memory) throws IOException {
        var command = new ArrayList<>(List.of(Server.java(), "-XX:MaxRAM=" + memory + "m"));
        var options = entryPoint("Dockerfile.jvm", "-jar");
        if (memory < 1_792 && options.stream().noneMatch(option -> option.matches("-XX:\\+Use\\w+GC"))) {
            // What a JVM takes by itself in a container of less memory than that; here it sees the whole machine.
            command.add("-XX:+UseSerialGC");
        }
        command.addAll(options);
        command.add("-jar");
        command.add(Bench.HOME.resolve("../target/quarkus-app/quarkus-run.jar").toString());
        return command;
    }

    /** As the image starts the executable; its share of the memory is worked out here, since it sees the whole machine. */
    private static List<String> natively(int memory) throws IOException {
        var command = new ArrayList<>(List.of(Server.nativeExecutable().toString()));
        for (var option : entryPoint("Dockerfile.native-micro", "]")) {
            var percent = Pattern.compile("-XX:MaximumHeapSizePercent=(\\d+)").matcher(option);
            command.add(percent.matches() ? "-Xmx" + memory * Integer.parseInt(percent.group(1)) / 100 + "m" : option);
        }
        return command;
    }

    /** The options of an image's entry point, up to that argument. */
    private static List<String> entryPoint(String dockerfile, String end) throws IOException {
        var text = Files.readString(Bench.HOME.resolve("../src/main/docker").resolve(dockerfile));
        var line = Pattern.compile("(?m)^ENTRYPOINT (.*)$").matcher(text);
        if (!line.find()) {
            throw new IOException(dockerfile + " has no entry point");
        }
        return Pattern.compile("\"(-[^\"]*)\"")
                .matcher(line.group(1))
                .results()
                .map(match -> match.group(1))
                .takeWhile(option -> !option.equals(end))
                .toList();
    }

    void start(int number) {
        var name = "soak-" + (char) ('a' + number) + "-" + (all.size() + 1);
        var server = Server.packaged(name, port(number), launcher, settings);
        all.add(server);
        running[number] = server;
    }

    void kill(int number) {
        running[number].kill();
    }

    Server at(int number) {
        return running[number];
    }

    int size() {
        return running.length;
    }

    /** Where an instance is, whether it runs or not. */
    int port(int number) {
        return FIRST_PORT + 5 * number;
    }

    /** All that were ever started. */
    List<Server> all() {
        return all;
    }

    List<Path> logs() {
        return all.stream().map(Server::log).toList();
    }

    /** What the instances were started with. */
    String commandLine() {
        var shown = launcher.stream()
                .map(part -> part.startsWith("/") ? Path.of(part).getFileName().toString() : part)
                .toList();
        return String.join(" ", shown);
    }

    @Override
    public void close() {
        all.stream().filter(Server::isAlive).forEach(Server::close);
    }
}
