package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.embedded.RedisExecProvider;

/**
 * A real Redis in a process of its own, on the loopback address. What it writes, as a replica does, goes to a folder that is
 * deleted with it.
 */
public final class RedisServer implements AutoCloseable {

    private static final Path EXECUTABLE = executable();

    private final int port;
    private final Path folder;
    private final List<String> command;
    private Process process;

    private RedisServer(int port, Path folder, List<String> command) {
        this.port = port;
        this.folder = folder;
        this.command = command;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        restart();
    }

    /** Starts one on a free port. */
    public static RedisServer start(String... settings) {
        return start(List.of(EXECUTABLE.toString()), settings);
    }

    /** One that {@code executable}, a command and what stands before it, starts. */
    static RedisServer start(List<String> executable, String... settings) {
        var port = freePort();
        var folder = newFolder();
        var command = new ArrayList<>(executable);
        command.addAll(List.of(
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                folder.toString()));
        command.addAll(List.of(settings));
        return new RedisServer(port, folder, command);
    }

    /** A Sentinel that makes a replica the master when it has not heard of the present one for a second. */
    static RedisServer sentinel(String name, RedisServer master) {
        try {
            var port = freePort();
            var folder = newFolder();
            var file = Files.writeString(
                    folder.resolve("sentinel.conf"), """
                    port %d
                    bind 127.0.0.1
                    dir %s
                    sentinel monitor %s 127.0.0.1 %d 1
                    sentinel down-after-milliseconds %s 1000
                    sentinel failover-timeout %s 3000
                    """.formatted(port, folder, name, master.port, name, name));
            return new RedisServer(port, folder, List.of(EXECUTABLE.toString(), file.toString(), "--sentinel"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public String address() {
        return "redis://127.0.0.1:" + port;
    }

    /** Ends the process at once. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts an empty one on the same port. */
    public void restart() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> ask("PING").equals("PONG"));
    }

    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (NoSuchFileException e) {
            // It was closed before.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Asks on a connection of its own.
     *
     * @return the answer's text, or the first line of one that is a list; empty if the server is not there
     */
    public String ask(String... command) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(5000);
            var request = new StringBuilder("*" + command.length + "\r\n");
            for (var part : command) {
                var length = part.getBytes(StandardCharsets.UTF_8).length;
                request.append('$').append(length).append("\r\n").append(part).append("\r\n");
            }
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
            return read(socket);
        } catch (IOException e) {
            return "";
        }
    }

    private static String read(Socket socket) throws IOException {
        var input = socket.getInputStream();
        var head = line(input);
        return switch (head.charAt(0)) {
            case '$' -> {
                var length = Integer.parseInt(head.substring(1));
                yield length < 0 ? "" : new String(input.readNBytes(length), StandardCharsets.UTF_8);
            }
            case '+', ':', '*' -> head.substring(1);
            default -> throw new IOException(head);
        };
    }

    private static String line(InputStream input) throws IOException {
        var line = new StringBuilder();
        for (var next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new IOException("the connection has ended");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private static Path executable() {
        try {
            return RedisExecProvider.defaultProvider().get().toPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
