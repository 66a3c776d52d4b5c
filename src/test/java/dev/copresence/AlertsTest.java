package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The alerts as one who is woken by them reads them. */
class AlertsTest {

    private static final Path ALERTS = Path.of("src/main/monitoring/alerts.yaml");

    @Test
    void eachAlertHasANameOfItsOwn() throws IOException {
        var names = new HashSet<String>();

        var doubled = alerts().map(alert -> alert.path("alert").asText())
                .filter(name -> !names.add(name))
                .toList();

        assertEquals(List.of(), doubled);
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertSaysHowBadItIsWhatHasHappenedAndWhatItMeans(JsonNode alert) {
        assertFalse(alert.path("expr").asText().isBlank());
        assertFalse(alert.path("annotations").path("summary").asText().isBlank());
        assertFalse(alert.path("annotations").path("description").asText().isBlank());
        var severity = alert.path("labels").path("severity").asText();
        assertTrue(Set.of("critical", "warning").contains(severity), severity);
    }

    static Stream<JsonNode> alerts() throws IOException {
        var file = new ObjectMapper(new YAMLFactory())
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .readTree(ALERTS.toFile());
        return StreamSupport.stream(file.path("groups").spliterator(), false)
                .flatMap(group -> StreamSupport.stream(group.path("rules").spliterator(), false));
    }
}
