package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of the container files without a container engine. */
class ImagesTest {

    private static final Path FOLDER = Path.of("src/main/docker");

    /** An instruction and its arguments, with its continued lines in one. */
    private record Line(String instruction, String arguments) {}

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native-micro"})
    void theServiceRunsAsNobodyInParticularAndIsItsOwnHealthCheck(String file) throws IOException {
        var image = lastStage(file);

        assertEquals(List.of("1001"), arguments(image, "USER"));
        assertEquals(List.of("8080 9000"), arguments(image, "EXPOSE"));
        assertTrue(arguments(image, "HEALTHCHECK").get(0).endsWith("\"ready\"]"));
        // In the form that needs no shell.
        assertTrue(arguments(image, "ENTRYPOINT").get(0).startsWith("["));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native-micro"})
    void theHeapAndTheBuffersBesideItHaveTheirBounds(String file) throws IOException {
        var start = arguments(lastStage(file), "ENTRYPOINT").get(0);

        assertTrue(start.contains("MaxRAMPercentage=") || start.contains("MaximumHeapSizePercent="), start);
        assertTrue(start.contains("\"-XX:MaxDirectMemorySize="), start);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native-micro"})
    void anImageSaysWhatItIs(String file) throws IOException {
        var labels = String.join(" ", arguments(lastStage(file), "LABEL"));

        for (var label : List.of("title", "description", "licenses", "version", "revision")) {
            assertTrue(labels.contains("org.opencontainers.image." + label + "="), label);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native-micro"})
    void whatIsCopiedIsThereOrIsBuiltAndIsLetThroughToTheBuilder(String file) throws IOException {
        var letThrough = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        var copied = lines(file)
                .filter(line -> line.instruction().equals("COPY"))
                .map(Line::arguments)
                .filter(arguments -> !arguments.contains("--from="))
                .flatMap(ImagesTest::sources)
                .toList();

        assertFalse(copied.isEmpty());
        for (var source : copied) {
            assertTrue(source.startsWith("target/") || Files.exists(Path.of(source)), source);
            assertTrue(
                    letThrough.stream().anyMatch(name -> source.startsWith(name) || name.startsWith(source + "/")),
                    source);
        }
    }

    /** All but the last, which is where they go. */
    private static Stream<String> sources(String arguments) {
        var paths = Arrays.stream(arguments.split("\\s+"))
                .filter(argument -> !argument.startsWith("--"))
                .toList();
        return paths.subList(0, paths.size() - 1).stream();
    }

    private static List<Line> lastStage(String file) throws IOException {
        var all = lines(file).toList();
        var start = all.stream().map(Line::instruction).toList().lastIndexOf("FROM");
        return all.subList(start, all.size());
    }

    private static List<String> arguments(List<Line> lines, String instruction) {
        return lines.stream()
                .filter(line -> line.instruction().equals(instruction))
                .map(Line::arguments)
                .toList();
    }

    private static Stream<Line> lines(String file) throws IOException {
        var text = Files.readString(FOLDER.resolve(file))
                .replaceAll("(?m)^#.*\\R", "")
                .replaceAll("\\\\\\R\\s*", "");
        return text.lines().filter(line -> !line.isBlank()).map(line -> {
            var parts = line.split("\\s+", 2);
            return new Line(parts[0], parts[1]);
        });
    }
}
