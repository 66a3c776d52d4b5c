package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The example of two instances behind a proxy: whether its files say what they mean and fit one another. */
class DeployTest {

    private static final Path DEPLOY = Path.of("deploy");

    /** What a service of the example may say; whoever uses more of it teaches the test about it. */
    private static final Set<String> SERVICE = Set.of(
            "build",
            "image",
            "read_only",
            "tmpfs",
            "environment",
            "extra_hosts",
            "depends_on",
            "restart",
            "command",
            "healthcheck",
            "volumes",
            "ports");

    private static final Pattern UPSTREAM = Pattern.compile("server (\\S+):(\\d+);");

    private final JsonNode compose = compose();

    @Test
    void aServiceSaysWhatComposeKnows() {
        services()
                .forEach(service ->
                        service.fieldNames().forEachRemaining(name -> assertTrue(SERVICE.contains(name), name)));
    }

    @Test
    void whatIsMountedAndBuiltIsThere() {
        services()
                .flatMap(service -> texts(service.path("volumes")))
                .forEach(volume -> assertIsThere(volume.substring(0, volume.indexOf(':'))));
        services()
                .map(service -> service.path("build"))
                .filter(JsonNode::isObject)
                .forEach(build -> {
                    assertIsThere(build.path("context").asText());
                    assertIsThere(build.path("context").asText() + "/"
                            + build.path("dockerfile").asText());
                });
    }

    @Test
    void whatAServiceWaitsForIsOneWithAHealthCheckIfThatIsAsked() {
        services().map(service -> service.path("depends_on")).forEach(waits -> {
            texts(waits).forEach(name -> assertTrue(compose.path("services").has(name), name));
            waits.fieldNames().forEachRemaining(name -> {
                assertEquals(
                        "service_healthy", waits.path(name).path("condition").asText());
                assertTrue(compose.path("services").path(name).has("healthcheck"), name);
            });
        });
    }

    /** Each setting is one of Copresence or of Quarkus, in the form of an environment variable. */
    @Test
    void theInstancesAreSetAlike() {
        var first = compose.path("services").path("copresence-1");

        assertEquals(first, compose.path("services").path("copresence-2"));
        assertEquals("redis", first.path("environment").path("COPRESENCE_STORE").asText());
        first.path("environment")
                .fieldNames()
                .forEachRemaining(name -> assertTrue(name.matches("(COPRESENCE|QUARKUS)(_[A-Z]+)+"), name));
    }

    @Test
    void onlyTheProxyIsBelievedWhoHasAsked() {
        var environment = compose.path("services").path("copresence-1").path("environment");

        assertEquals(
                "nginx", environment.path("QUARKUS_HTTP_PROXY_TRUSTED_PROXIES").asText());
        assertTrue(compose.path("services").has("nginx"));
    }

    @Test
    void theProxyPassesOnToTheInstancesAndHoldsNoStreamBack() throws IOException {
        var proxy = Files.readString(DEPLOY.resolve("nginx.conf"));

        var upstreams = new TreeSet<String>();
        UPSTREAM.matcher(proxy).results().forEach(server -> {
            upstreams.add(server.group(1));
            assertEquals("8080", server.group(2));
        });
        assertEquals(
                compose.path("services").properties().stream()
                        .map(service -> service.getKey())
                        .filter(name -> name.startsWith("copresence"))
                        .collect(Collectors.toCollection(TreeSet::new)),
                upstreams);
        assertEquals(
                proxy.chars().filter(letter -> letter == '{').count(),
                proxy.chars().filter(letter -> letter == '}').count());
        var stream = proxy.substring(proxy.indexOf("location = /api/presence/stream"));
        assertTrue(stream.contains("proxy_buffering off;"));
    }

    private static void assertIsThere(String path) {
        assertTrue(Files.exists(DEPLOY.resolve(path)), path);
    }

    private Stream<JsonNode> services() {
        return StreamSupport.stream(compose.path("services").spliterator(), false);
    }

    private static Stream<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText);
    }

    /** With the shared part in each place where it is meant. */
    private static JsonNode compose() {
        var yaml = new ObjectMapper(new YAMLFactory()).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        try {
            var file = yaml.readTree(DEPLOY.resolve("compose.yaml").toFile());
            var services = (com.fasterxml.jackson.databind.node.ObjectNode) file.path("services");
            for (var service : services.properties()) {
                if (service.getValue().isTextual()) {
                    services.set(
                            service.getKey(),
                            file.path("x-" + service.getValue().asText()));
                }
            }
            return file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
