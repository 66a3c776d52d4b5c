package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the dashboard and the alerts ask for metrics that the packaged service has. */
@QuarkusIntegrationTest
@WithTestResource(TokenProvider.class)
@WithTestResource(ManagementPort.class)
class MonitoringIT {

    private static final Path MONITORING = Path.of("src/main/monitoring");

    /** What an expression has beside metrics: strings, label matchers, ranges, groupings. */
    private static final Pattern NO_METRIC =
            Pattern.compile("\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(?:by|without|on|ignoring)\\s*\\([^)]*\\)");

    /** A metric's name has an underscore, and no bracket behind it. */
    private static final Pattern METRIC = Pattern.compile("\\b[a-z]+(?:_[a-z0-9]+)+\\b(?!\\s*\\()");

    /** Set by the test resource. */
    TokenProvider provider;

    /** Set by the test resource. */
    ManagementPort management;

    @BeforeEach
    void everythingHasHappenedOnce() {
        var ana = Caller.stranger("ana", provider);
        ana.beat(newPage(), newTab(), false).statusCode(200);
        ana.list("docs").statusCode(400);
        ana.post("editor/verify", Map.of("pagePath", newPage(), "fence", 1)).statusCode(409);
        await().until(() -> exposed().contains("copresence_refusals_total"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"grafana-dashboard.json", "alerts.yaml"})
    void everyMetricThatIsAskedForIsThere(String file) throws IOException {
        // when
        var asked = new TreeSet<String>();
        for (var expression : new ObjectMapper(new YAMLFactory())
                .readTree(MONITORING.resolve(file).toFile())
                .findValues("expr")) {
            asked.addAll(metrics(expression));
        }

        // then
        assertFalse(asked.isEmpty());
        await().untilAsserted(() -> {
            var missing = new TreeSet<>(asked);
            missing.removeAll(exposed());
            assertEquals(Set.of(), missing);
        });
    }

    private static Set<String> metrics(JsonNode expression) {
        var bare = NO_METRIC.matcher(expression.asText()).replaceAll("");
        return METRIC.matcher(bare).results().map(found -> found.group()).collect(Collectors.toSet());
    }

    private Set<String> exposed() {
        return given().get(management.at("/q/metrics"))
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[ {]")[0])
                .collect(Collectors.toSet());
    }
}
