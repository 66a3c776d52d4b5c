package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are made of the description of the API by tools of others: they compile, and run against the packaged service. */
class GeneratedClientsIT {

    private static final Path TOOLS = Path.of("src/test/tools").toAbsolutePath();
    private static final Path GENERATOR = Path.of("target/openapi-generator/openapi-generator-cli.jar");

    private final TokenProvider provider = new TokenProvider();
    private ServiceProcess service;
    private String token;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        service = new ServiceProcess(provider.start());
        service.start();
        token = provider.good("ana").with("name", "Ana").compact();
    }

    @AfterEach
    void stop() {
        service.close();
        provider.stop();
    }

    @Test
    void aClientInTypeScriptCompilesAndRuns() throws Exception {
        assumeTrue(
                Files.exists(TOOLS.resolve("node_modules")), "SKIPPED: the tools are installed by the profile client");
        describe(TOOLS.resolve("openapi.json"));

        run(TOOLS, "npx", "redocly", "lint", "--extends=recommended", "openapi.json");
        run(TOOLS, "npx", "openapi-typescript", "openapi.json", "--output", "schema.d.ts");
        run(TOOLS, "npx", "tsc", "-p", ".");
        run(TOOLS, "node", "generated/client.js", service.address(), token, newPage());
    }

    @Test
    void aClientInJavaCompilesAndRuns() throws Exception {
        assumeTrue(Files.exists(GENERATOR), "SKIPPED: the generator is fetched by the profile client");
        var description = describe(folder.resolve("openapi.json"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        run(
                folder,
                java,
                "-jar",
                GENERATOR.toAbsolutePath().toString(),
                "generate",
                "--generator-name=java",
                "--library=native",
                "--input-spec=" + description,
                "--output=" + folder.resolve("made"),
                "--api-package=dev.copresence.client.api",
                "--model-package=dev.copresence.client.model",
                "--invoker-package=dev.copresence.client",
                "--global-property=models,apis,supportingFiles,modelDocs=false,apiDocs=false,modelTests=false,apiTests=false",
                "--additional-properties=useJakartaEe=true,openApiNullable=false,hideGenerationTimestamp=true");
        var classes = Files.createDirectory(folder.resolve("classes"));
        compile(classes);
        run(
                folder,
                java,
                "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                "Client",
                service.address(),
                token,
                newPage());
    }

    private Path describe(Path file) throws IOException {
        var description = service.ask("/q/openapi?format=json");
        assertEquals(200, description.statusCode());
        return Files.writeString(file, description.body());
    }

    private void compile(Path classes) throws IOException {
        var sources = new ArrayList<String>();
        try (var made = Files.walk(folder.resolve("made/src/main/java"))) {
            made.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::toString)
                    .forEach(sources::add);
        }
        sources.add(Path.of("src/test/resources/clients/Client.java")
                .toAbsolutePath()
                .toString());
        var arguments = new ArrayList<>(List.of(
                "-d", classes.toString(), "-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path")));
        arguments.addAll(sources);
        var said = new java.io.ByteArrayOutputStream();
        var code = ToolProvider.getSystemJavaCompiler().run(null, said, said, arguments.toArray(String[]::new));
        assertEquals(0, code, said::toString);
    }

    private static void run(Path where, String... command) throws IOException, InterruptedException {
        var log = Files.createTempFile("copresence-clients", ".log");
        var process = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var ended = process.waitFor(3, TimeUnit.MINUTES);
        process.destroyForcibly();
        var said = Files.readString(log);
        Files.delete(log);
        assertTrue(ended && process.exitValue() == 0, () -> String.join(" ", command) + "\n" + said);
    }
}
