package dev.copresence.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import dev.copresence.http.LoginProvider;
import dev.copresence.http.ServiceProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The examples, each started as its README says and driven in a browser: two people sign in by the example's own address, come back
 * to its page, see one another, and one of them edits. The service is the packaged one, with the settings that dev mode has.
 */
@ExtendWith(ChromiumNeeded.class)
class ExamplesIT {

    private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String ALL = "examples.all";

    private final LoginProvider provider = new LoginProvider();
    // HTTP/1.1 alone: a development server takes the wish for HTTP/2 for one for a web socket, and is silent.
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<ProcessHandle> processes = new ArrayList<>();
    private ServiceProcess service;
    private String issuer;
    private Chromium chromium;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        var properties = new HashMap<>(provider.start());
        properties.put("quarkus.http.cors.origins", "/https?://(localhost|127[.]0[.]0[.]1)(:[0-9]+)?/");
        properties.put("quarkus.http.proxy.proxy-address-forwarding", "true");
        properties.put("quarkus.http.proxy.allow-x-forwarded", "true");
        properties.put("quarkus.http.proxy.enable-forwarded-host", "true");
        issuer = properties.get("quarkus.oidc.auth-server-url");
        service = new ServiceProcess(properties);
        service.start();
        chromium = Chromium.start();
    }

    @AfterEach
    void stop() {
        chromium.close();
        // Development servers start others, which would go on.
        processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
        processes.forEach(ProcessHandle::destroyForcibly);
        service.close();
        provider.stop();
    }

    @ParameterizedTest
    @CsvSource({
        "plain, false",
        "plain-other-origin, false",
        "vite-react, false",
        "vite-vue, true",
        "next, true",
        "nuxt, true"
    })
    void twoPeopleMeet(String example, boolean onlyIfAll) throws Exception {
        assumeTrue(!onlyIfAll || Boolean.getBoolean(ALL), "SKIPPED: only with -D" + ALL);
        var project = EXAMPLES.resolve(example);
        var port = freePort();
        if (Files.exists(project.resolve("serve.mjs"))) {
            launch(project, port, "node", "serve.mjs");
        } else {
            assumeTrue(
                    Files.exists(project.resolve("node_modules")),
                    "SKIPPED: " + example + " is installed by the profile client");
            launch(project, port, "npm", "run", "dev", "--", "--port", String.valueOf(port));
        }
        meetAt("http://localhost:" + port + "/");
    }

    @Test
    void twoPeopleMeetBehindNginx() throws Exception {
        var nginx = onPath("nginx", "/usr/sbin/nginx");
        assumeTrue(nginx != null, "SKIPPED: there is no nginx");
        var port = freePort();
        var text = Files.readString(EXAMPLES.resolve("nginx/nginx.conf"))
                .replace(
                        "127.0.0.1:8080",
                        "127.0.0.1:" + URI.create(service.address()).getPort())
                .replace("127.0.0.1:4002", "127.0.0.1:" + port)
                .replace("/tmp/copresence-example-nginx", folder + "/nginx")
                .replace("../plain/site", EXAMPLES.resolve("plain/site").toString());
        var conf = Files.writeString(folder.resolve("nginx.conf"), text);
        launch(folder, port, nginx, "-p", folder.toString(), "-c", conf.toString(), "-g", "daemon off;");
        meetAt("http://localhost:" + port + "/");
    }

    @Test
    void twoPeopleMeetBehindCaddy() throws Exception {
        var caddy = onPath("caddy");
        assumeTrue(caddy != null, "SKIPPED: there is no caddy");
        var port = freePort();
        var text = Files.readString(EXAMPLES.resolve("caddy/Caddyfile"))
                .replace("localhost:4003", "localhost:" + port)
                .replace("../plain/site", EXAMPLES.resolve("plain/site").toString());
        var file = Files.writeString(folder.resolve("Caddyfile"), text);
        launch(folder, port, caddy, "run", "--config", file.toString());
        meetAt("http://localhost:" + port + "/");
    }

    private void meetAt(String address) {
        await("answers at " + address, () -> answers(address));
        var alice = open(address, "alice");
        var bob = open(address, "bob");
        for (var tab : List.of(alice, bob)) {
            tab.getByRole(com.microsoft.playwright.options.AriaRole.LINK, named("Sign in"))
                    .click();
        }
        var edit = alice.locator("button:visible", new Page.LocatorOptions().setHasText("Edit"));
        edit.waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE.toMillis()));
        assertEquals(address, alice.url(), "the sign-in comes back to the page");
        bob.locator("page-presence").waitFor();
        await("alice sees two", () -> faces(alice) == 2);
        edit.click();
        bob.locator("#editor")
                .filter(new Locator.FilterOptions().setHasText("editing"))
                .waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE.toMillis()));
        assertTrue(bob.locator("#editor").textContent().contains("is editing"));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    /** A tab of a browser of its own, whose user the provider knows already. */
    private Page open(String address, String user) {
        var context = chromium.browser().newContext();
        context.setDefaultTimeout(PATIENCE.toMillis());
        context.addCookies(List.of(new Cookie("user", user).setUrl(issuer)));
        var tab = context.newPage();
        tab.navigate(address);
        return tab;
    }

    private static int faces(Page tab) {
        return tab.locator("page-presence").locator("[role=listitem], li").count();
    }

    private void launch(Path where, int port, String... command) throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "example-" + where.getFileName() + ".log")
                        .toFile());
        builder.environment().putAll(Map.of("COPRESENCE", service.address(), "PORT", String.valueOf(port)));
        processes.add(builder.start().toHandle());
    }

    private boolean answers(String address) {
        try {
            var request = HttpRequest.newBuilder(URI.create(address))
                    .timeout(Duration.ofSeconds(20))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> holds) {
        Awaitility.await(what).pollInSameThread().atMost(PATIENCE).until(holds);
    }

    private static String onPath(String name, String... others) {
        var found = new ArrayList<>(List.of(others));
        for (var path : System.getenv("PATH").split(":")) {
            found.add(path + "/" + name);
        }
        return found.stream()
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElse(null);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
