package dev.copresence.access.application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.copresence.PagePath;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.access.AccessConfig;
import dev.copresence.access.AccessSettings;
import dev.copresence.access.Caller;
import dev.copresence.access.DecisionPoint.Evaluation;
import dev.copresence.access.Right;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A4: the wire to a decision point, and whatever may go wrong on it. */
class AuthZenTest {

    private static final Vertx VERTX = Vertx.vertx();

    private static final Caller ANA =
            new Caller(new User(new UserId("ana"), "Ana", null), Set.of("author"), Set.of("docs"));

    private static final List<Evaluation> QUESTIONS = List.of(
            new Evaluation(Right.VIEW, new PagePath("/tickets/7")),
            new Evaluation(Right.NAMES, new PagePath("/tickets/7")),
            new Evaluation(Right.COUNT, new PagePath("/tickets/7")),
            new Evaluation(Right.EDIT, new PagePath("/tickets/7")));

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private volatile Answer answer = exchange -> {};

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "decision point");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + headers.getFirst("Content-Type") + " " + headers.getFirst("Authorization") + "\n"
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer.to(exchange);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    @AfterAll
    static void close() {
        VERTX.close();
    }

    private AuthZen point(String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "pdp.url", "http://127.0.0.1:" + server.getAddress().getPort() + "/authz/", "pdp.token", "s3cret"));
        settings.putAll(AccessSettings.map(more));
        return point(AccessSettings.of(settings));
    }

    private static AuthZen point(AccessConfig config) {
        return new AuthZen(VERTX, config, new NoTls());
    }

    static final class NoTls implements TlsConfigurationRegistry {
        @Override
        public Optional<TlsConfiguration> get(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<TlsConfiguration> getDefault() {
            return Optional.empty();
        }

        @Override
        public void register(String name, TlsConfiguration configuration) {
            throw new UnsupportedOperationException(name);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private static List<Boolean> decide(AuthZen point) {
        return point.decide(ANA, QUESTIONS).await().atMost(Duration.ofSeconds(20));
    }

    @Test
    void theQuestionIsTheOneOfTheSpecification() {
        answer = exchange -> send(
                exchange,
                200,
                "{\"evaluations\":[{\"decision\":true},{\"decision\":false},{\"decision\":true},{\"decision\":true}]}");

        assertEquals(List.of(true, false, true, true), decide(point()));

        var lines = requests.get(0).split("\n");
        assertEquals("POST /authz/access/v1/evaluations application/json Bearer s3cret", lines[0]);
        assertEquals(
                "{\"subject\":{\"type\":\"user\",\"id\":\"ana\",\"properties\":{\"roles\":[\"author\"],\"groups\":[\"docs\"]}},"
                        + "\"evaluations\":["
                        + "{\"action\":{\"name\":\"view\"},\"resource\":{\"type\":\"page\",\"id\":\"/tickets/7\"}},"
                        + "{\"action\":{\"name\":\"see-names\"},\"resource\":{\"type\":\"page\",\"id\":\"/tickets/7\"}},"
                        + "{\"action\":{\"name\":\"see-count\"},\"resource\":{\"type\":\"page\",\"id\":\"/tickets/7\"}},"
                        + "{\"action\":{\"name\":\"edit\"},\"resource\":{\"type\":\"page\",\"id\":\"/tickets/7\"}}],"
                        + "\"options\":{\"evaluations_semantic\":\"execute_all\"}}",
                lines[1]);
    }

    /** The members that section 7.1 of the specification has, each of the type that sections 5.1 to 5.3 say. */
    @Test
    void theQuestionHasNothingThatTheSpecificationDoesNotKnow() {
        var question = new JsonObject(AuthZen.question(ANA, QUESTIONS));

        assertEquals(Set.of("subject", "evaluations", "options"), question.fieldNames());
        assertEquals(
                Set.of("type", "id", "properties"),
                question.getJsonObject("subject").fieldNames());
        for (var item : question.getJsonArray("evaluations")) {
            var evaluation = (JsonObject) item;
            assertEquals(Set.of("action", "resource"), evaluation.fieldNames());
            assertTrue(evaluation.getJsonObject("action").getValue("name") instanceof String);
            assertTrue(evaluation.getJsonObject("resource").getValue("type") instanceof String);
            assertTrue(evaluation.getJsonObject("resource").getValue("id") instanceof String);
        }
        assertEquals("execute_all", question.getJsonObject("options").getString("evaluations_semantic"));
    }

    /** The shapes of answer that the specification shows: bare decisions, reasons beside them, and an error as a decision. */
    @Test
    void theAnswersOfTheSpecificationAreRead() {
        var answer = Buffer.buffer("""
                {"evaluations": [
                  {"decision": true},
                  {"decision": false, "context": {"reason": "resource not found"}},
                  {"decision": false, "context": {"error": {"status": 404, "message": "Resource not found"}}},
                  {"decision": false, "context": {"code": "200", "reason": {"en": "A word", "de": "Ein Wort"}}}
                ]}
                """);

        assertEquals(List.of(true, false, false, false), AuthZen.decisions(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yes",
                "null",
                "[]",
                "{\"evaluations\":{}}",
                "{\"evaluations\":[true]}",
                "{\"evaluations\":[null]}",
                "{\"evaluations\":[{}]}",
                "{\"evaluations\":[{\"decision\":null}]}",
                "{\"evaluations\":[{\"decision\":\"true\"}]}",
                "{\"evaluations\":[{\"decision\":1}]}",
                "{\"evaluations\":[{\"decision\":true}",
                "<html>"
            })
    void whatIsNoListOfDecisionsIsAFailure(String body) {
        answer = exchange -> send(exchange, 200, body);

        assertThrows(IllegalStateException.class, () -> decide(point()));
    }

    @Test
    void anAnswerWithoutDecisionsIsAnEmptyOne() {
        // Whoever asked sees that these are fewer than the questions.
        assertEquals(List.of(), AuthZen.decisions(Buffer.buffer("{\"decision\":true}")));
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 301, 302, 307, 400, 401, 403, 404, 429, 500, 503})
    void anyOtherStatusIsAFailureWhateverTheBodySays(int status) {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            send(exchange, status, status == 204 ? "" : decisions(4));
        };

        var failure = assertThrows(RuntimeException.class, () -> decide(point()));

        assertTrue(String.valueOf(failure.getMessage()).contains("It has answered " + status), () -> "" + failure);
        assertEquals(1, requests.size(), "no redirect is followed, and nothing is asked twice");
    }

    private static String decisions(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "{\"decision\":true}")
                .toList()
                .toString()
                .transform(list -> "{\"evaluations\":" + list + "}");
    }

    @Test
    void moreBytesThanAnAnswerMayHaveAreAFailure() {
        answer = exchange -> send(exchange, 200, " ".repeat(65 * 1024) + decisions(4));

        assertThrows(IllegalStateException.class, () -> decide(point()));
    }

    @Test
    void anAnswerWithoutAnEndIsCutWhenItIsTooLong() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var body = exchange.getResponseBody()) {
                while (over.getCount() > 0) {
                    body.write(new byte[1024]);
                }
            } catch (IOException gone) {
                over.countDown();
            }
        };

        assertThrows(IllegalStateException.class, () -> decide(point()));
    }

    /** The ways in which a decision point may be silent. */
    enum Silence {
        BEFORE_THE_HEAD,
        BEFORE_THE_BODY,
        WITHIN_THE_BODY
    }

    @ParameterizedTest
    @EnumSource
    void whoDoesNotWaitAnyLongerCutsTheConnection(Silence silence) throws InterruptedException {
        // given
        var gone = new CountDownLatch(1);
        answer = exchange -> {
            if (silence != Silence.BEFORE_THE_HEAD) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody()
                        .write(
                                silence == Silence.WITHIN_THE_BODY
                                        ? "{\"eval".getBytes(StandardCharsets.UTF_8)
                                        : new byte[0]);
                exchange.getResponseBody().flush();
            }
            try {
                while (!over.await(20, TimeUnit.MILLISECONDS)) {
                    if (silence != Silence.BEFORE_THE_HEAD) {
                        exchange.getResponseBody().write(' ');
                        exchange.getResponseBody().flush();
                    }
                }
            } catch (IOException e) {
                gone.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };

        // when
        assertThrows(
                TimeoutException.class,
                () -> point().decide(ANA, QUESTIONS)
                        .ifNoItem()
                        .after(Duration.ofMillis(500))
                        .fail()
                        .await()
                        .atMost(Duration.ofSeconds(20)));

        // then
        if (silence != Silence.BEFORE_THE_HEAD) {
            assertTrue(gone.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aConnectionThatIsClosedBeforeTheAnswerIsTriedOnceMore() {
        answer = exchange -> {
            if (requests.size() == 1) {
                exchange.close();
            } else {
                send(exchange, 200, decisions(4));
            }
        };

        assertEquals(4, decide(point()).size());
    }

    @Test
    void nobodyThereIsAFailure() {
        server.stop(0);

        assertThrows(RuntimeException.class, () -> decide(point()));
    }

    @Test
    void withoutAnAddressThereIsNobody() {
        assertThrows(IllegalStateException.class, () -> decide(point(AccessSettings.of())));
    }

    @Test
    void aCertificateThatNobodyVouchesForIsAFailure(@TempDir Path folder) throws IOException, InterruptedException {
        var store = folder.resolve("decisions.p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "decisions",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "a-secret")
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        var asked = new CopyOnWriteArrayList<String>();
        var secure = VERTX.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(
                                new PfxOptions().setPath(store.toString()).setPassword("a-secret")))
                .requestHandler(request -> {
                    asked.add(request.path());
                    request.response().end();
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        try {
            var point = point(AccessSettings.of("pdp.url", "https://localhost:" + secure.actualPort()));

            assertThrows(RuntimeException.class, () -> decide(point));
            assertEquals(List.of(), asked);
        } finally {
            secure.close();
        }
    }
}
