package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the book of rules to the code: the numbers that tests name are in it, and what it points at exists. */
class RulesDocumentTest {

    private static final Path BOOK = Path.of("docs/rules.md");

    private static final String NUMBER = "[ITLEPSFRWAYBNV]\\d{1,2}";

    /** A row of a table of rules: its number, its sentence, where it stands, and which tests name it. */
    private static final Pattern ROW =
            Pattern.compile("^\\| (" + NUMBER + ") \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("`([\\w.-]+)`");

    /** The numbers at the head of a comment, of a test's name or of a suite's, or alone behind a line. */
    private static final Pattern NAMED = Pattern.compile(
            "(?://|/\\*\\*|[('\"])\\s*(?:Rules? )?(" + NUMBER + "(?:(?:, | and )" + NUMBER + ")*)(?:[:.]|\\s*$)",
            Pattern.MULTILINE);

    private static final Pattern SINGLE = Pattern.compile(NUMBER);

    @Test
    void theNumbersThatTestsNameAreThoseOfTheBook() throws IOException {
        // given
        var named = new TreeSet<String>();
        tests().map(RulesDocumentTest::text)
                .forEach(text -> NAMED.matcher(text)
                        .results()
                        .flatMap(match -> SINGLE.matcher(match.group(1)).results())
                        .forEach(number -> named.add(number.group())));

        // then
        assertEquals(numbers(), named);
    }

    @Test
    void eachPlaceThatTheBookNamesExists() throws IOException {
        // given
        var known = Stream.of("src", "docs", "guard/js/src", "guard/js/test", "guard/java/src", "guard/recipes")
                .flatMap(RulesDocumentTest::files)
                .map(RulesDocumentTest::name)
                .collect(Collectors.toSet());
        var places = rows().flatMap(row -> NAME.matcher(row.places()).results())
                .map(place -> place.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        // when
        places.removeAll(known);

        // then
        assertEquals(Set.of(), places);
    }

    @Test
    void eachRuleIsOneWholeSentence() throws IOException {
        // when
        var others = rows().map(Row::sentence)
                .filter(sentence -> !sentence.matches("[A-Z].*[^.]\\."))
                .toList();

        // then
        assertEquals(Stream.of().toList(), others);
    }

    private record Row(String number, String sentence, String places) {}

    private static Stream<Row> rows() throws IOException {
        return ROW.matcher(Files.readString(BOOK))
                .results()
                .map(row -> new Row(row.group(1), row.group(2), row.group(3) + " " + row.group(4)));
    }

    private static Set<String> numbers() throws IOException {
        return rows().map(Row::number).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<Path> tests() {
        return Stream.of("src/test/java", "src/main/webui/test", "guard/js/test", "guard/java/src/test")
                .flatMap(RulesDocumentTest::files);
    }

    private static Stream<Path> files(String folder) {
        try (var files = Files.walk(Path.of(folder))) {
            return files
                    .filter(file -> !file.toString().contains("node_modules"))
                    .filter(Files::isRegularFile)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name by which the book calls a file: a class without its ending, everything else with it. */
    private static String name(Path file) {
        return file.getFileName().toString().replaceFirst("\\.java$", "");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
