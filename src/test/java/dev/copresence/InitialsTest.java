package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The initials of a name (A7), by the table that the client's test reads, too. */
class InitialsTest {

    static Stream<Arguments> names() throws IOException {
        return new JsonArray(Files.readString(Path.of("src/main/webui/test/initials.json")))
                .stream().map(JsonArray.class::cast).map(pair -> Arguments.of(pair.getString(0), pair.getString(1)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void theInitialsAreThoseThatTheClientShows(String name, String initials) { // A7
        assertEquals(initials, Initials.of(name));
    }
}
