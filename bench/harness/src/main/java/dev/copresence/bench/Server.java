package dev.copresence.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A process that is measured, with what the operating system says of it. */
final class Server implements AutoCloseable {

    /** Of /proc/PID/stat: USER_HZ, which Linux holds at 100 for all. */
    private static final long MICROS_A_TICK = 10_000;

    static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final String name;
    final int port;
    final Duration startUp;
    private final Path log;
    private final Process process;

    private Server(String name, int port, String readyUrl, List<String> command, Map<String, String> environment) {
        this.name = name;
        this.port = port;
        try {
            log = Files.createDirectories(Bench.HOME.resolve("target/logs")).resolve(name.replace(' ', '-') + ".log");
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            var start = System.nanoTime();
            process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            awaitReady(readyUrl, log.toFile());
            startUp = Duration.ofNanos(System.nanoTime() - start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The service as an operator runs it; the limits per user are out of the way. */
    static Server copresence(String... more) {
        return copresence("Copresence", 18080, HEAP, more);
    }

    /** Another build of the service, whose folder quarkus-app the environment names, or null. */
    static Server otherBuild(String... more) {
        var folder = System.getenv("BENCH_OTHER");
        return folder == null ? null : copresence("other build", 18085, Path.of(folder), HEAP, more);
    }

    static Server copresence(String name, int port, List<String> jvm, String... more) {
        return copresence(name, port, Bench.HOME.resolve("../target/quarkus-app"), jvm, more);
    }

    private static Server copresence(String name, int port, Path folder, List<String> jvm, String... more) {
        var command = new ArrayList<>(List.of(java()));
        command.addAll(jvm);
        if (System.getenv("BENCH_JFR") != null) {
            command.add("-XX:FlightRecorderOptions=stackdepth=256");
        }
        command.addAll(copresenceSettings(port));
        command.addAll(List.of(more));
        command.addAll(List.of("-jar", folder.resolve("quarkus-run.jar").toString()));
        return new Server(name, port, "http://127.0.0.1:" + (port + 1000) + "/q/health/ready", command, Map.of());
    }

    /** The native executable, or null if none was built. */
    static Server copresenceNative(String name, int port, List<String> options, String... more) {
        return copresenceNative(name, port, nativeExecutable(), options, more);
    }

    private static Server copresenceNative(
            String name, int port, Path executable, List<String> options, String... more) {
        var command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(options);
        command.addAll(copresenceSettings(port));
        command.addAll(List.of(more));
        return new Server(name, port, "http://127.0.0.1:" + (port + 1000) + "/q/health/ready", command, Map.of());
    }

    /** Another native executable of the service, which the environment names, or null. */
    static Server otherExecutable(String... more) {
        var executable = System.getenv("BENCH_OTHER_EXECUTABLE");
        return executable == null
                ? null
                : copresenceNative("other executable", 18088, Path.of(executable), List.of("-Xmx512m"), more);
    }

    /** Where the native executable would be. */
    static Path nativeExecutable() {
        return Bench.HOME.resolve("../target/copresence-0.1.0-SNAPSHOT-runner");
    }

    private static List<String> copresenceSettings(int port) {
        var settings = new ArrayList<>(settings(port));
        settings.addAll(List.of(
                // The provider of the bench puts no nonce into its tokens.
                "-Dquarkus.oidc.authentication.nonce-required=false",
                "-Dcopresence.limits.requests-per-second-per-user=1000000",
                "-Dcopresence.limits.tabs-per-user=1000",
                "-Dcopresence.limits.streams-per-user=1000",
                "-Dcopresence.limits.streams=20000",
                "-Dcopresence.limits.connections=30000",
                "-Dcopresence.limits.tabs=2000000"));
        return settings;
    }

    private static List<String> settings(int port) {
        return List.of(
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.port=" + (port + 1000),
                "-Dquarkus.oidc.auth-server-url=" + Provider.ISSUER,
                "-Dquarkus.oidc.credentials.secret=" + Provider.SECRET,
                "-Dquarkus.oidc.token-state-manager.encryption-secret=" + Provider.SECRET,
                "-Dquarkus.shutdown.delay=0s");
    }

    /** The packaged service with its own limits, as an operator starts it. */
    static Server packaged(String name, int port, List<String> launcher, List<String> more) {
        var command = new ArrayList<>(launcher);
        var settings = new ArrayList<>(settings(port));
        settings.addAll(more);
        // The options of a JVM and those of an executable both go before what is run, or after it if there is nothing
        // else.
        command.addAll(command.get(0).endsWith("java") ? command.size() - 2 : 1, settings);
        return new Server(name, port, "http://127.0.0.1:" + (port + 1000) + "/q/health/ready", command, Map.of());
    }

    /** How long tabs live in scenarios in which none should expire. */
    static String[] longLives() {
        return new String[] {"-Dcopresence.ttl=2h", "-Dcopresence.away-ttl=2h"};
    }

    static Server bare() {
        return quarkus("bare Quarkus", 18081, "bare/target/quarkus-app/quarkus-run.jar");
    }

    /** The bare endpoint as a native executable with the builder's defaults, or null if none was built. */
    static Server bareNative() {
        var executable = Bench.HOME.resolve("bare/target/bare-0.1.0-SNAPSHOT-runner");
        if (!Files.exists(executable)) {
            return null;
        }
        var port = 18087;
        var command = List.of(
                executable.toString(), "-Xmx512m", "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=" + port);
        return new Server("bare Quarkus, native", port, anyAnswer(port), command, Map.of());
    }

    static Server bareOidc() {
        return quarkus(
                "stock quarkus-oidc",
                18082,
                "bare-oidc/target/quarkus-app/quarkus-run.jar",
                "-Dquarkus.oidc.auth-server-url=" + Provider.ISSUER);
    }

    private static Server quarkus(String name, int port, String jar, String... more) {
        var command = new ArrayList<>(List.of(java()));
        command.addAll(HEAP);
        command.addAll(List.of("-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=" + port));
        command.addAll(List.of(more));
        command.addAll(List.of("-jar", Bench.HOME.resolve(jar).toString()));
        return new Server(name, port, anyAnswer(port), command, Map.of());
    }

    static Server node() {
        var port = 18083;
        var environment =
                Map.of("PORT", "" + port, "ISSUER", Provider.ISSUER, "TTL_MS", "7200000", "NODE_ENV", "production");
        var command = List.of("node", Bench.HOME.resolve("node/server.mjs").toString());
        return new Server("Node", port, anyAnswer(port), command, environment);
    }

    static Server bareWriter(String name) {
        var port = 18084;
        var command = new ArrayList<>(List.of(java()));
        command.addAll(HEAP);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BareWriter.class.getName(), "" + port));
        return new Server(name, port, anyAnswer(port), command, Map.of());
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String anyAnswer(int port) {
        return "http://127.0.0.1:" + port + "/api/presence/list?pagePath=/up";
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** User and system time of the process so far, in µs. */
    long cpuMicros() {
        try {
            return micros(Files.readString(Path.of("/proc", "" + process.pid(), "stat")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What of it went to the JVM's compilers; none for a server that is no JVM. */
    long compilerMicros() {
        try (var threads = Files.list(Path.of("/proc", "" + process.pid(), "task"))) {
            return threads.map(thread -> statOrNothing(thread.resolve("stat")))
                    .filter(stat -> stat.contains("(C1 Comp") || stat.contains("(C2 Comp"))
                    .mapToLong(Server::micros)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String statOrNothing(Path stat) {
        try {
            return Files.readString(stat);
        } catch (IOException e) {
            return ""; // The thread has ended meanwhile.
        }
    }

    private static long micros(String stat) {
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_A_TICK;
    }

    /** Where all goes that it says. */
    Path log() {
        return log;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it where it stands, and waits until it has. */
    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Files and sockets that it has open. */
    long openFiles() {
        try (var files = Files.list(Path.of("/proc", "" + process.pid(), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long threads() {
        return status("Threads:\\s+(\\d+)");
    }

    /** What the management port answers to this path. */
    String ask(String path) throws IOException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (port + 1000) + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Resident memory in bytes. */
    long rss() {
        return status("VmRSS:\\s+(\\d+) kB") * 1024;
    }

    /** The most that was ever resident, in bytes. */
    long peakRss() {
        return status("VmHWM:\\s+(\\d+) kB") * 1024;
    }

    private long status(String field) {
        try {
            var status = Files.readString(Path.of("/proc", "" + process.pid(), "status"));
            var match = Pattern.compile(field).matcher(status);
            return match.find() ? Long.parseLong(match.group(1)) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of the heap that are in use after a full collection. */
    long liveHeap() {
        var histogram = jcmd("GC.class_histogram");
        var match = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)").matcher(histogram);
        if (!match.find()) {
            throw new IllegalStateException(histogram);
        }
        return Long.parseLong(match.group(1));
    }

    /** A flight recording, in a file that BENCH_JFR and the name make up; none if that is not set. */
    Recording record(String name) {
        var file = System.getenv("BENCH_JFR");
        if (file == null) {
            return () -> {};
        }
        jcmd(
                "JFR.start",
                "name=" + name,
                "settings=profile",
                "filename=" + Path.of(file + "-" + name + ".jfr").toAbsolutePath());
        return () -> jcmd("JFR.stop", "name=" + name);
    }

    /** A flight recording that goes on. */
    interface Recording {
        void stop();
    }

    /** What the JDK's jcmd says to this. */
    String jcmd(String... arguments) {
        try {
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), "" + process.pid()));
            command.addAll(List.of(arguments));
            var jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(jcmd.getInputStream().readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady(String url, File log) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(2))
                .build();
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                if (HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() < 500) {
                    return;
                }
            } catch (IOException e) {
                // Not up yet.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            Bench.pause(Duration.ofMillis(5));
        }
        process.destroyForcibly();
        throw new IOException(name + " did not start, see " + log);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
