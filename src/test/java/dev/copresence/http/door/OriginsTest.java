package dev.copresence.http.door;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which origins dev mode trusts: this machine's, on every port, and no other. I5 */
class OriginsTest {

    private static final String PROPERTY = "quarkus.http.cors.origins";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://localhost:5173",
                "https://localhost:3000",
                "http://127.0.0.1:8080",
            })
    void inDevModeThisMachineIsTrusted(String origin) throws IOException {
        assertTrue(inDevMode().isConfigured(origin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost.evil.example",
                "http://evil.example/http://localhost:1",
                "http://localhost:1.evil.example",
                "http://127a0.0.1",
                "http://127.0.0.1.evil.example",
                "http://evil-localhost",
                "ftp://localhost",
                "localhost",
                "null"
            })
    void inDevModeNothingElseIs(String origin) throws IOException {
        assertFalse(inDevMode().isConfigured(origin));
    }

    @Test
    void elsewhereNoOriginIsTrustedUnlessItIsNamed() throws IOException {
        assertFalse(settings().containsKey(PROPERTY));
    }

    private static Origins inDevMode() throws IOException {
        // As the service reads it: a list has escapes of its own.
        var config = new SmallRyeConfigBuilder()
                .withDefaultValue(PROPERTY, settings().getProperty("%dev." + PROPERTY))
                .build();
        return new Origins(Optional.of(config.getValues(PROPERTY, String.class)));
    }

    private static Properties settings() throws IOException {
        var settings = new Properties();
        try (var file = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            settings.load(file);
        }
        return settings;
    }
}
