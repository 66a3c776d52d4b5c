package dev.copresence.http;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Keycloak, from the distribution that the Maven profile {@code keycloak} unpacks, with the realm of
 * {@code keycloak/copresence-realm.json}: a process of its own on the loopback address and free ports, which keeps nothing.
 */
public class Keycloak implements QuarkusTestResourceLifecycleManager {

    private static final String REALM = "copresence-realm.json";
    private static final String CLIENT = "copresence";
    private static final String SECRET = "a-secret-of-the-tests";
    private static final Duration START = Duration.ofMinutes(5);

    private final int port = ManagementPort.freePort();
    private final int healthPort = ManagementPort.freePort();
    private Process process;

    @Override
    public Map<String, String> start() {
        var home = Path.of(System.getProperty("keycloak.home"));
        try {
            placeRealm(home);
            process = launch(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            await().atMost(START).until(this::isReady);
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
        return Map.of(
                "quarkus.oidc.auth-server-url",
                realm(),
                "quarkus.oidc.client-id",
                CLIENT,
                "quarkus.oidc.credentials.secret",
                SECRET,
                "quarkus.oidc.token-state-manager.encryption-secret",
                "a-secret-of-the-tests-for-the-cookies");
    }

    @Override
    public void inject(TestInjector tests) {
        tests.injectIntoFields(this, new TestInjector.MatchesType(Keycloak.class));
    }

    /** Ends the process with the ones that its start script has started. */
    @Override
    public void stop() {
        if (process == null) {
            return;
        }
        var all = process.descendants().toList();
        all.forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** Where somebody signs out of all applications at once. */
    URI signOut() {
        return URI.create(realm() + "/protocol/openid-connect/logout");
    }

    boolean isAt(URI address) {
        return address.getPort() == port;
    }

    /** What the password grant gives a user for the service: {@code access_token}, {@code refresh_token} and more. */
    JsonPath tokens(String user) {
        return tokens(Map.of("client_id", CLIENT, "client_secret", SECRET), user);
    }

    /** As {@link #tokens(String)}, for a client that has nothing to do with the service. */
    JsonPath tokensForAnotherService(String user) {
        return tokens(Map.of("client_id", "another-service"), user);
    }

    static String password(String user) {
        return user + "-password";
    }

    private JsonPath tokens(Map<String, String> client, String user) {
        return given().formParams(client)
                .formParam("grant_type", "password")
                .formParam("scope", "openid")
                .formParam("username", user)
                .formParam("password", password(user))
                .when()
                .post(realm() + "/protocol/openid-connect/token")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    /** The address of its own decision point, without the path that AuthZEN gives it. */
    public String decisionPoint() {
        return realm() + "/authzen";
    }

    /** A token with which the decision point may be asked about the realm's pages. */
    public String tokenOfThePages() {
        return given().formParam("grant_type", "client_credentials")
                .formParam("client_id", "pages")
                .formParam("client_secret", "a-secret-of-the-pages")
                .post(realm() + "/protocol/openid-connect/token")
                .then()
                .statusCode(200)
                .extract()
                .path("access_token");
    }

    /** The id by which the realm knows a user. */
    public String subject(String user) {
        return given().auth()
                .oauth2(tokens(user).getString("access_token"))
                .get(realm() + "/protocol/openid-connect/userinfo")
                .then()
                .statusCode(200)
                .extract()
                .path("sub");
    }

    private String realm() {
        return "http://127.0.0.1:" + port + "/realms/copresence";
    }

    private static void placeRealm(Path home) throws IOException {
        var realm =
                Files.createDirectories(home.resolve("data").resolve("import")).resolve(REALM);
        try (var source = Keycloak.class.getResourceAsStream("/keycloak/" + REALM)) {
            Files.copy(source, realm, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Process launch(Path home) throws IOException {
        var script = home.resolve("bin").resolve("kc.sh").toString();
        var builder = new ProcessBuilder(List.of(
                "bash",
                script,
                "start-dev",
                "--import-realm",
                "--http-host=127.0.0.1",
                "--http-port=" + port,
                "--http-management-port=" + healthPort,
                "--health-enabled=true",
                "--cache=local",
                "--features=authzen",
                "--db=dev-mem"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m");
        builder.environment().put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
        builder.redirectErrorStream(true);
        builder.redirectOutput(home.resolve("keycloak.log").toFile());
        return builder.start();
    }

    private boolean isReady() throws InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("Keycloak has ended; its log is keycloak.log in keycloak.home");
        }
        try {
            var ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/health/ready"))
                    .build();
            return HttpClient.newHttpClient()
                            .send(ready, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
