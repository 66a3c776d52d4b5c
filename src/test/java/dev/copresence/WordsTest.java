package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The comments that document the code, read for how they begin. */
class WordsTest {

    private static final Pattern DOCUMENTATION = Pattern.compile("/\\*\\*[\\s*]+(.*?)\\s*\\*/", Pattern.DOTALL);

    /** The words with which a sentence says how or when a thing is, and not what it is. */
    private static final Pattern FRAGMENT =
            Pattern.compile("(After|As|At|Before|By|For|From|How|In|Like|Null|Of|On|Or|Then|Under|Until|What|When|Where"
                    + "|Whether|Which|Who|Whoever|Whom|Whose|With|Within|Without)\\b.*");

    @Test
    void everyDocumentedThingIsSaidToBeSomething() throws IOException {
        try (var java = Files.walk(Path.of("src/main/java"));
                var client = Files.walk(Path.of("src/main/webui/src"));
                var guardOfJava = Files.walk(Path.of("guard/java/src/main"));
                var guard = Files.walk(Path.of("guard/js/src"))) {
            var fragments = Stream.of(java, client, guardOfJava, guard)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().matches(".*\\.(java|ts)"))
                    .flatMap(WordsTest::fragments)
                    .toList();

            assertEquals(List.of(), fragments);
        }
    }

    private static Stream<String> fragments(Path file) {
        try {
            var found = DOCUMENTATION.matcher(Files.readString(file));
            return found.results()
                    .map(result -> result.group(1).replaceAll("\\s+\\*?\\s*", " "))
                    .filter(text -> FRAGMENT.matcher(text).matches())
                    .map(text -> file.getFileName() + ": " + text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
