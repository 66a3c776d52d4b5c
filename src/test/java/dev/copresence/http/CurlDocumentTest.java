package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The session of docs/curl.md, typed line by line into a shell; each answer is the one that the document shows. */
@QuarkusTest
@TestProfile(ManualTime.Profile.class)
class CurlDocumentTest {

    private static final Pattern BLOCK = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SLEEP = Pattern.compile("sleep (\\d+); ");

    /** Fences come from the clock, so the document says that they differ. */
    private static final Pattern FENCE = Pattern.compile("\"fence\":\\d+");

    @TestHTTPResource("/")
    URI service;

    @Inject
    ManualTime time;

    @BeforeAll
    static void curlIsThere() {
        assumeTrue(
                Pattern.compile(File.pathSeparator)
                        .splitAsStream(System.getenv("PATH"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl"))),
                "there is no curl on this machine");
    }

    @Test
    void everyAnswerIsAsTheDocumentShowsIt() throws IOException {
        var blocks = BLOCK.matcher(Files.readString(Path.of("docs/curl.md")));
        var commands = 0;
        while (blocks.find()) {
            for (var exchange : ("\n" + blocks.group(1)).split("\n\\$ ")) {
                if (!exchange.isEmpty()) {
                    var lines = new ArrayList<>(exchange.lines().toList());
                    var command = lines.remove(0);
                    assertEquals(plain(lines), plain(answer(command, lines.size())), command);
                    commands++;
                }
            }
        }
        assertTrue(commands >= 10, "the document shows a whole session");
    }

    /** The lines that a command prints; a stream is left after as many as the document shows. */
    private List<String> answer(String command, int shown) throws IOException {
        var sleep = SLEEP.matcher(command);
        if (sleep.find()) {
            time.advance(Duration.ofSeconds(Long.parseLong(sleep.group(1))));
        }
        var shell = new ProcessBuilder("bash", "-c", sleep.replaceAll(""));
        shell.redirectErrorStream(true);
        shell.environment().put("alice", "Authorization: Bearer " + Tokens.of("alice"));
        shell.environment().put("bob", "Authorization: Bearer " + Tokens.of("bob"));
        shell.environment().put("json", "Content-Type: application/json");
        shell.environment().put("api", service.resolve("api/presence").toString());
        shell.environment().put("tab1", "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01");
        shell.environment().put("tab2", "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a02");
        var process = shell.start();
        try (BufferedReader output = process.inputReader()) {
            var isStream = command.contains("/stream?");
            return output.lines().limit(isStream ? shown : Long.MAX_VALUE).toList();
        } finally {
            process.destroy();
        }
    }

    private static List<String> plain(List<String> lines) {
        return lines.stream()
                .map(line -> FENCE.matcher(line).replaceAll("\"fence\":1"))
                .toList();
    }
}
