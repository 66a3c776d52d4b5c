package dev.copresence.access.application;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PagePath;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.access.AccessSettings;
import dev.copresence.access.Caller;
import dev.copresence.access.DecisionPoint;
import dev.copresence.access.DecisionPoint.Evaluation;
import dev.copresence.access.Right;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A4: the decision points that docs/access.md shows, run as they stand. */
class AccessExamplesTest {

    private static final Path EXAMPLES = Path.of("src/test/resources/examples");

    private final Vertx vertx = Vertx.vertx();
    private Process process;

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
        vertx.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pdp.mjs", "Pdp.java"})
    void theDocumentShowsWhatIsRunHere(String file) throws IOException {
        var document = Files.readString(Path.of("docs/access.md"));

        assertTrue(
                document.contains(Files.readString(EXAMPLES.resolve(file))),
                file + " as it stands is in docs/access.md");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pdp.mjs", "Pdp.java"})
    void aDecisionPointOfSomeLinesAnswers(String file) throws IOException {
        // given
        Assumptions.assumeTrue(file.endsWith(".java") || isThere("node"), "there is no Node here");
        var port = freePort();
        start(file, port);

        // then
        var point = point(port, "s3cret");
        assertEquals(List.of(true, true, true, true), decide(point, caller("ana", "support"), "/tickets/7"));
        assertEquals(List.of(true, false, true, false), decide(point, caller("bob", "docs"), "/tickets/7"));
        assertEquals(List.of(false, false, false, false), decide(point, caller("ana", "support"), "/hr/%C3%A9"));
        assertThrows(
                RuntimeException.class, () -> decide(point(port, "guessed"), caller("ana", "support"), "/tickets/7"));
    }

    private DecisionPoint point(int port, String token) {
        var config = AccessSettings.of("pdp.url", "http://127.0.0.1:" + port, "pdp.token", token);
        return new AuthZen(vertx, config, new AuthZenTest.NoTls());
    }

    private static Caller caller(String id, String group) {
        return new Caller(new User(new UserId(id), id, null), Set.of("author"), Set.of(group, "all"));
    }

    private static List<Boolean> decide(DecisionPoint point, Caller caller, String page) {
        var evaluations = List.of(Right.VIEW, Right.NAMES, Right.COUNT, Right.EDIT).stream()
                .map(right -> new Evaluation(right, new PagePath(page)))
                .toList();
        return point.decide(caller, evaluations).await().atMost(Duration.ofSeconds(20));
    }

    private void start(String file, int port) throws IOException {
        var command = file.endsWith(".java")
                ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
                : "node";
        var builder = new ProcessBuilder(command, EXAMPLES.resolve(file).toString(), String.valueOf(port));
        builder.environment().put("PDP_TOKEN", "s3cret");
        process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().atMost(Duration.ofSeconds(60)).until(() -> isOpen(port));
    }

    private static boolean isOpen(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isThere(String command) {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
