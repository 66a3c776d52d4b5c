package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the build takes from others: each thing by one version, and by its checksum where somebody has one to give. */
class SupplyChainTest {

    private static final List<String> WITH_IMAGES =
            List.of("src/main/docker/Dockerfile.jvm", "src/main/docker/Dockerfile.native-micro", "deploy/compose.yaml");

    /** Host, name and tag, and the digest once a release has pinned it. */
    private static final Pattern REFERENCE =
            Pattern.compile("[a-z0-9.-]+\\.[a-z]+/[a-z0-9./_-]+:(?!latest)[A-Za-z0-9._-]+(@sha256:[0-9a-f]{64})?");

    private static final Pattern IMAGE = Pattern.compile("(?m)^(?:ARG [A-Z_]*IMAGE=| +image: )(\\S+)$");
    private static final Pattern FROM = Pattern.compile("(?m)^FROM (\\S+)");

    @Test
    void theWrapperTakesOneMavenAndNoOther() throws IOException {
        var wrapper = new Properties();
        try (var file = Files.newBufferedReader(Path.of(".mvn/wrapper/maven-wrapper.properties"))) {
            wrapper.load(file);
        }

        assertTrue(wrapper.getProperty("distributionUrl").startsWith("https://"));
        assertTrue(wrapper.getProperty("distributionSha256Sum").matches("[0-9a-f]{64}"));
        // What the wrapper takes where there is no unzip; a wrapper that was generated anew forgets it.
        assertTrue(wrapper.getProperty("distributionTarGzSha256Sum").matches("[0-9a-f]{64}"));
        assertTrue(Files.readString(Path.of("mvnw")).contains("distributionTarGzSha256Sum"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/main/webui/package-lock.json", "bench/node/package-lock.json"})
    void eachPackageOfNpmIsLockedByItsChecksum(String file) throws IOException {
        var packages = new ObjectMapper().readTree(Path.of(file).toFile()).path("packages");

        assertTrue(packages.size() > 1);
        packages.properties().stream()
                .filter(entry -> !entry.getKey().isEmpty())
                .forEach(entry -> {
                    assertTrue(entry.getValue().path("integrity").asText().startsWith("sha512-"), entry.getKey());
                    // Absent means the registry that is set up.
                    assertTrue(
                            entry.getValue()
                                    .path("resolved")
                                    .asText("https://registry.npmjs.org/")
                                    .startsWith("https://registry.npmjs.org/"),
                            entry.getKey());
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/main/webui/package.json", "bench/node/package.json"})
    void aPackageOfNpmIsAskedForByItsExactVersion(String file) throws IOException {
        var project = new ObjectMapper().readTree(Path.of(file).toFile());

        Stream.of("dependencies", "devDependencies")
                .map(project::path)
                .flatMap(versions -> versions.properties().stream())
                .forEach(entry -> assertTrue(
                        entry.getValue().asText().matches("\\d+\\.\\d+\\.\\d+(-[\\w.]+)?"), entry.toString()));
    }

    @Test
    void theClientBringsNobodyElsesCodeToTheBrowser() throws IOException {
        JsonNode client = new ObjectMapper()
                .readTree(Path.of("src/main/webui/package.json").toFile());

        assertFalse(client.has("dependencies"));
    }

    @Test
    void eachImageOfOthersIsNamedInOneForm() throws IOException {
        for (var file : WITH_IMAGES) {
            var text = Files.readString(Path.of(file));
            var images = IMAGE.matcher(text)
                    .results()
                    .map(match -> match.group(1))
                    .filter(image -> !image.startsWith("copresence:"))
                    .toList();

            assertFalse(images.isEmpty(), file);
            images.forEach(image -> assertTrue(REFERENCE.matcher(image).matches(), file + ": " + image));
            // Nowhere else, so that whoever pins them finds them all.
            FROM.matcher(text)
                    .results()
                    .map(match -> match.group(1))
                    .forEach(base -> assertTrue(base.startsWith("${") || base.equals("scratch"), file + ": " + base));
        }
    }

    /** With a stand-in for the program that asks the registries. */
    @Test
    void aReleaseCanPinThemAll(@TempDir Path folder) throws Exception {
        for (var file : WITH_IMAGES) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.copy(Path.of(file), folder.resolve(file));
        }
        var skopeo = Files.writeString(folder.resolve("skopeo"), "#!/bin/sh\necho sha256:" + "0a".repeat(32) + "\n");
        assertTrue(skopeo.toFile().setExecutable(true));
        var pin = new ProcessBuilder(
                        Path.of("deploy/pin-images").toAbsolutePath().toString(), folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        pin.environment().put("PATH", folder + ":" + System.getenv("PATH"));

        var process = pin.start();

        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("said")));
        for (var file : WITH_IMAGES) {
            IMAGE.matcher(Files.readString(folder.resolve(file)))
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .filter(image -> !image.startsWith("copresence:"))
                    .forEach(image -> assertTrue(image.contains("@sha256:"), file + ": " + image));
        }
    }
}
