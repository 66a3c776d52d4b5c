package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The bill of materials that the build writes, beside what it has packaged. */
class SbomIT {

    private static final Path TARGET = Path.of("target");
    private static final Pattern DEPENDENCY = Pattern.compile(
            "<dependency>(?:(?!</dependency>).)*?<groupId>([\\w.]+)</groupId>\\s*<artifactId>([\\w.-]+)</artifactId>"
                    + "((?:(?!</dependency>).)*)</dependency>",
            Pattern.DOTALL);

    private final JsonNode bill = bill();

    @Test
    void itListsExactlyWhatTheServiceRunsWith() throws IOException {
        var artifact = new Properties();
        try (var description = Files.newBufferedReader(TARGET.resolve("quarkus-artifact.properties"))) {
            artifact.load(description);
        }
        assumeTrue(
                artifact.getProperty("type").equals("jar"), "an executable has no libraries beside it to compare with");
        Set<String> packaged;
        try (var files = Files.walk(TARGET.resolve("quarkus-app/lib"))) {
            packaged = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        var listed = components().stream()
                .filter(component -> !component.path("name").asText().equals("copresence"))
                .map(component -> component.path("group").asText() + "."
                        + component.path("name").asText() + "-"
                        + component.path("version").asText() + ".jar")
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(packaged, listed);
    }

    @Test
    void itListsWhatThePomAsksForAndNothingThatOnlyTests() throws IOException {
        var pom = Files.readString(Path.of("pom.xml"));
        var dependencies = pom.substring(pom.indexOf("</dependencyManagement>"), pom.indexOf("<build>"));
        var listed = components().stream()
                .map(component -> component.path("name").asText())
                .collect(Collectors.toSet());

        var asked = DEPENDENCY.matcher(dependencies).results().toList();

        assertTrue(asked.size() > 10);
        for (var dependency : asked) {
            var isOfTests = dependency.group(3).contains("<scope>test</scope>");
            assertEquals(!isOfTests, listed.contains(dependency.group(2)), dependency.group(2));
        }
        assertTrue(listed.contains("quarkus-rest"));
    }

    @Test
    void eachComponentCanBeLookedUpAndCompared() {
        assertEquals("CycloneDX", bill.path("bomFormat").asText());
        for (var component : components()) {
            var name = component.path("name").asText();
            assertTrue(component.path("purl").asText().startsWith("pkg:maven/"), name);
            assertTrue(
                    name.equals("copresence")
                            || StreamSupport.stream(component.path("hashes").spliterator(), false)
                                    .anyMatch(hash -> hash.path("alg").asText().equals("SHA-256")),
                    name);
        }
    }

    private List<JsonNode> components() {
        return StreamSupport.stream(bill.path("components").spliterator(), false)
                .toList();
    }

    private static JsonNode bill() {
        try {
            return new ObjectMapper()
                    .readTree(TARGET.resolve("copresence-sbom.json").toFile());
        } catch (IOException e) {
            throw new AssertionError("the build has written no bill of materials", e);
        }
    }
}
