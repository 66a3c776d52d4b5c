package dev.copresence.bench;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/**
 * The Redis of this machine, or else that of the project's tests, in a process of its own that keeps nothing on disk, with what it
 * says of itself. The one of the tests takes its memory from a slower allocator, and costs up to twice as much.
 */
final class RedisServer implements AutoCloseable {

    static final int PORT = 18095;

    final int port;
    private final Process process;

    RedisServer() throws IOException {
        this(PORT);
    }

    RedisServer(int port, String... settings) throws IOException {
        this.port = port;
        var executable = executable();
        var command = new ArrayList<>(
                List.of(executable, "--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        command.addAll(List.of(settings));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        for (var tries = 0; !isUp(); tries++) {
            if (tries == 500 || !process.isAlive()) {
                throw new IOException("Redis did not start; is port " + port + " taken?");
            }
            Bench.pause(Duration.ofMillis(10));
        }
    }

    private static String executable() throws IOException {
        var installed = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
        // That of the tests is unpacked whenever it is asked for.
        return installed.isPresent()
                ? installed.get().toString()
                : RedisExecProvider.defaultProvider().get().toString();
    }

    private boolean isUp() {
        try {
            return ask("PING").equals("PONG");
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** What an instance has to be told to use it. */
    static List<String> settings() {
        return List.of(
                "-Dcopresence.store=redis",
                "-Dquarkus.redis.hosts=redis://127.0.0.1:" + PORT,
                // 32 characters, about as long as those of most providers.
                "-Dcopresence.identity.user-claim=jti");
    }

    /** The version, and the allocator on which much of its speed depends. */
    String version() {
        return info("server", "redis_version") + " (" + info("memory", "mem_allocator") + ")";
    }

    /** User and system time of the process so far, in µs. */
    double cpuMicros() {
        return (Double.parseDouble(info("cpu", "used_cpu_user")) + Double.parseDouble(info("cpu", "used_cpu_sys")))
                * 1e6;
    }

    /** What its data and connections take, in bytes. */
    long usedMemory() {
        return Long.parseLong(info("memory", "used_memory"));
    }

    /** What the operating system gives it, in bytes. */
    long residentMemory() {
        return Long.parseLong(info("memory", "used_memory_rss"));
    }

    /** Scripts run so far. */
    long scripts() {
        return Pattern.compile("(?m)^cmdstat_eval(?:sha)?:calls=(\\d+)")
                .matcher(ask("INFO", "commandstats"))
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum();
    }

    /** Commands of clients, of scripts and of replicas that it has carried out so far. */
    long commands() {
        return Long.parseLong(info("stats", "total_commands_processed"));
    }

    /** The sum of {@code MEMORY USAGE} of all keys whose names match, in bytes. */
    long memoryOf(String pattern) {
        var script = "local sum = 0 for _, key in ipairs(redis.call('KEYS', ARGV[1])) do "
                + "sum = sum + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0') end return sum";
        return Long.parseLong(ask("EVAL", script, "0", pattern));
    }

    String info(String section, String field) {
        var match = Pattern.compile("(?m)^" + field + ":([^\r\n]+)").matcher(ask("INFO", section));
        if (!match.find()) {
            throw new IllegalStateException(field);
        }
        return match.group(1);
    }

    /** The answer's text; of a list or an error its first line. */
    String ask(String... command) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var request = new StringBuilder(String.format(Locale.ROOT, "*%d\r\n", command.length));
            for (var part : command) {
                request.append('$')
                        .append(part.length())
                        .append("\r\n")
                        .append(part)
                        .append("\r\n");
            }
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedInputStream(socket.getInputStream());
            var head = new StringBuilder();
            for (var octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
                head.append((char) octet);
            }
            var line = head.toString().strip();
            return line.startsWith("$")
                    ? new String(in.readNBytes(Integer.parseInt(line.substring(1))), StandardCharsets.UTF_8)
                    : line.substring(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long keys() {
        return Long.parseLong(ask("DBSIZE"));
    }

    /** Stops it where it stands, until it may go on. */
    void pause() throws IOException {
        signal("STOP");
    }

    void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        try {
            new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
