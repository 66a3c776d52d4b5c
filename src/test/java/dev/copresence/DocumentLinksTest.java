package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether what the documents link to is there, as a host of the repository shows them. The site's own build looks at its pages. */
class DocumentLinksTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset)=\"([^\"]+)\"");
    private static final Pattern ELSEWHERE = Pattern.compile("(?:[a-z]+:|#|/).*");

    @Test
    void whatTheDocumentsLinkToIsThere() throws IOException {
        var dead = documents()
                .flatMap(document -> links(document)
                        .filter(link -> !Files.exists(document.resolveSibling(link)))
                        .map(link -> document + ": " + link))
                .toList();

        assertEquals(List.of(), dead);
    }

    private static Stream<Path> documents() throws IOException {
        try (var folders = Stream.of("docs", "examples").map(Path::of).toList().stream();
                var top = Files.list(Path.of("."))) {
            return Stream.concat(
                    top.filter(file -> file.toString().endsWith(".md")).toList().stream(),
                    folders.flatMap(DocumentLinksTest::below).toList().stream())
                    .toList()
                    .stream();
        }
    }

    private static Stream<Path> below(Path folder) {
        try (var files = Files.walk(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("node_modules"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The files that a document links to; what its examples show is no link. */
    private static Stream<String> links(Path document) {
        try {
            var text =
                    Files.readString(document).replaceAll("(?s)```.*?```", "").replaceAll("`[^`\n]*`", "");
            return LINK
                    .matcher(text)
                    .results()
                    .map(link -> link.group(1) != null ? link.group(1) : link.group(2))
                    .filter(link -> !ELSEWHERE.matcher(link).matches())
                    .map(link -> link.split("#")[0])
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
