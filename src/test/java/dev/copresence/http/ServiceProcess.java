package dev.copresence.http;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The packaged service as a process of its own, which can be ended and started again at the same address. */
public final class ServiceProcess implements AutoCloseable {

    /** What the build has packaged, and in which form. */
    private static final Path ARTIFACT = Path.of("target", "quarkus-artifact.properties");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int port = freePort();
    private final int managementPort = freePort();
    private final Path log = Path.of("target", "service-" + port + ".log");
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<String> options;
    private Process process;

    /** Not started yet; {@code properties} go with each start. */
    public ServiceProcess(Map<String, String> properties) {
        this(properties, List.of("-Xmx256m"));
    }

    /** Not started yet; {@code options} are for the Java runtime, and what is said of the heap for the executable too. */
    ServiceProcess(Map<String, String> properties, List<String> options) {
        this.options = options;
        this.properties.put("quarkus.http.port", String.valueOf(port));
        this.properties.put("quarkus.management.port", String.valueOf(managementPort));
        this.properties.putAll(properties);
    }

    /** Where it is, without a slash at the end. */
    public String address() {
        return "http://localhost:" + port;
    }

    int port() {
        return port;
    }

    int managementPort() {
        return managementPort;
    }

    /** What it has said so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Starts it and waits until it is ready. */
    public void start() {
        launch();
        awaitReady();
    }

    /** Starts it and does not wait. */
    void launch() {
        try {
            process = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The native executable, if that is what was built last, else the jar. */
    private List<String> command() throws IOException {
        var artifact = new Properties();
        try (var description = Files.newBufferedReader(ARTIFACT)) {
            artifact.load(description);
        }
        var file = ARTIFACT.resolveSibling(artifact.getProperty("path")).toString();
        var settings = properties.entrySet().stream()
                .map(property -> "-D" + property.getKey() + "=" + property.getValue())
                .toList();
        var command = new ArrayList<String>();
        if (artifact.getProperty("type").equals("native")) {
            command.add(file);
            options.stream().filter(option -> option.startsWith("-Xmx")).forEach(command::add);
            command.addAll(settings);
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(options);
            command.addAll(settings);
            command.addAll(List.of("-jar", file));
        }
        return command;
    }

    void awaitReady() {
        await("a service that is ready").atMost(Duration.ofMinutes(1)).until(this::isReady);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end and does not wait. */
    void terminate() {
        process.destroy();
    }

    /** Stops it where it stands, until it may go on. */
    void pause() {
        signal("STOP");
    }

    void resume() {
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

    /** How it has ended, once it has; it must do so within that time. */
    int exitCode(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the service has not ended within " + limit);
        }
        return process.exitValue();
    }

    /** What it has said, once it has ended by itself. */
    String lastWords() throws IOException, InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("the service has started");
        }
        return Files.readString(log);
    }

    /** What operators ask, such as {@code /q/metrics}. */
    HttpResponse<String> ask(String path) {
        var question = HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + path))
                .build();
        try {
            return HTTP.send(question, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Asks it to end, as an orchestrator does, and waits until it has. */
    public void stop() throws InterruptedException {
        process.destroy();
        process.waitFor(1, TimeUnit.MINUTES);
    }

    /** Ends it where it stands. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    boolean isReady() {
        try {
            return ask("/q/health/ready").statusCode() == 200;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
