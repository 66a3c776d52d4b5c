package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether each line of the threat model names tests, and whether these are there. */
class ThreatModelDocumentTest {

    private static final Path DOCUMENT = Path.of("docs/threat-model.md");
    private static final Path JAVA = Path.of("src/test/java");
    private static final Path CLIENT = Path.of("src/main/webui/test");

    private static final Pattern METHOD = Pattern.compile("(\\w+)#(\\w+)");
    private static final Pattern TEST_OF_CLIENT = Pattern.compile("([\\w-]+\\.test\\.ts)#(.+)");

    @Test
    void eachLineNamesTestsThatAreThere() throws IOException {
        var cells = lines().stream().map(line -> cell(line, 3)).toList();

        var missing = cells.stream()
                .flatMap(cell -> Stream.of(cell.split(", (?=`)")))
                .filter(test -> !isThere(test))
                .toList();

        assertTrue(cells.size() > 50);
        assertEquals(List.of(), missing);
    }

    @Test
    void eachLineSaysWhatIsDoneAndWhere() throws IOException {
        for (var line : lines()) {
            assertEquals(6, line.split("(?<!\\\\)\\|", -1).length, line);
            for (var column = 0; column < 4; column++) {
                assertTrue(!cell(line, column).isBlank(), line);
            }
        }
    }

    /** The rows of all tables, without their heads. */
    private static List<String> lines() throws IOException {
        var all = Files.readAllLines(DOCUMENT);
        return IntStream.range(0, all.size())
                .filter(number -> all.get(number).startsWith("| "))
                .filter(number ->
                        number + 1 == all.size() || !all.get(number + 1).startsWith("|---"))
                .mapToObj(all::get)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static String cell(String line, int column) {
        return line.split("(?<!\\\\)\\|", -1)[column + 1].strip();
    }

    private static boolean isThere(String cell) {
        if (cell.equals("`bench/run soak`")) {
            return true;
        }
        if (!cell.startsWith("`") || !cell.endsWith("`")) {
            return false;
        }
        var test = cell.substring(1, cell.length() - 1);
        var ofClient = TEST_OF_CLIENT.matcher(test);
        if (ofClient.matches()) {
            return read(CLIENT.resolve(ofClient.group(1))).contains("'" + ofClient.group(2) + "'");
        }
        var method = METHOD.matcher(test);
        return method.matches() && isMethod(method.group(1), method.group(2));
    }

    private static boolean isMethod(String type, String name) {
        try (var files = Files.walk(JAVA)) {
            return files.filter(file -> file.endsWith(type + ".java"))
                    .map(ThreatModelDocumentTest::read)
                    .anyMatch(source -> Pattern.compile("void " + name + "\\(")
                            .matcher(source)
                            .find());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
