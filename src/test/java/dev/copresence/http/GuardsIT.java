package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sites with a guard, each a process of its own, and the packaged service, which is killed between an open and a save. */
class GuardsIT {

    private static final String ISSUER = "https://presence.example";
    private static final String SITE = "https://wiki.example";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final TokenProvider provider = new TokenProvider();
    private final KeyPair key = TokenProvider.keyPair("EC", 256);
    private final List<Process> processes = new ArrayList<>();
    private final String page = newPage();
    private final String anasTab = newTab();
    private final String bensTab = newTab();
    private Map<String, String> properties;

    /** Null until it was started. */
    private @Nullable ServiceProcess service;

    private String ana;
    private String ben;
    private String site;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        properties = new HashMap<>(provider.start());
        ana = provider.good("ana").with("name", "Ana").compact();
        ben = provider.good("ben").with("name", "Ben").compact();
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
        if (service != null) {
            service.close();
        }
        provider.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"express", "fastify", "h3", "h3v2", "fetch", "jakarta"})
    @DisplayName("W1, W4, W7: the waiting writer, the sleeper, the invented fence, and a service that is killed")
    void everyStory(String framework) throws Exception {
        // given
        startService();
        site = startSite(
                framework,
                new JsonObject().put("keys", new JsonArray().add(publicKey())).encode());

        // the waiting writer: Ben waits, Ana saves and gives up, and Ben is promoted
        var anas = fence(beat(ana, anasTab, true));
        assertEquals(false, beat(ben, bensTab, true).getJsonObject("editing").getBoolean("granted"));
        assertEquals(409, open(ben, anas).statusCode(), "only the holder opens");
        assertEquals(200, open(ana, anas).statusCode());
        assertEquals(200, save(ana, anas, 0, "Ana's.").statusCode());
        beat(ana, anasTab, false);
        var bens = fence(beat(ben, bensTab, true));
        assertEquals("not-opened", reason(save(ben, bens, 0, "Ben's alone")));
        var opened = new JsonObject(open(ben, bens).body());
        assertEquals("Ana's.", opened.getString("text"));
        assertEquals(
                200, save(ben, bens, 1, opened.getString("text") + " Ben's.").statusCode());

        // the sleeper: Ana wakes and knows nothing of it
        assertEquals("lost", reason(save(ana, anas, 1, "Ana's, from her sleep")));

        // the invented fence
        assertEquals("lost", reason(open(ana, 9_007_199_254_740_991L)));
        assertEquals("not-opened", reason(save(ana, 9_007_199_254_740_991L, 2, "Mallory's")));

        // the service is killed between the open and a save
        service.kill();
        assertEquals(200, save(ben, bens, 2, "Ana's. Ben's. Ben's again.").statusCode());
        var refused = open(ben, bens);
        assertEquals(503, refused.statusCode());
        assertEquals("2", refused.headers().firstValue("Retry-After").orElse(""));
        assertEquals(200, openBy(receipt("ben", bens + 1, 600), ben).statusCode());
        assertEquals(400, openBy(receipt("ben", bens + 2, -60), ben).statusCode(), "it has ended");
        assertEquals(200, save(ben, bens + 1, 3, "To the end.").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"express", "jakarta"})
    @DisplayName("W4: a receipt of the service itself opens, also when the service is killed after it was given")
    void aReceiptOfTheService(String framework) throws Exception {
        // given
        var file = Files.writeString(folder.resolve("keys.jwks"), privateKeys());
        properties.put("copresence.receipts.keys", file.toString());
        properties.put("copresence.receipts.issuer", ISSUER);
        properties.put("copresence.receipts.audience", SITE);
        startService();
        site = startSite(framework);
        var editing = beat(ana, anasTab, true).getJsonObject("editing");
        assertEquals(200, openBy(editing.getString("receipt"), ana).statusCode(), "by the keys that it publishes");

        // when
        service.kill();

        // then
        assertEquals(200, openBy(editing.getString("receipt"), ana).statusCode());
        assertEquals(200, save(ana, editing.getLong("fence"), 0, "Ana's").statusCode());
        assertEquals(400, openBy(editing.getString("receipt"), ben).statusCode());
    }

    private void startService() {
        service = new ServiceProcess(properties);
        service.start();
    }

    /** Starts a site and gives its address. */
    private String startSite(String framework, String... keys) throws IOException {
        var isJava = framework.equals("jakarta");
        var built = Path.of(isJava ? "guard/java/target/test.classpath" : "guard/js/dist/guard.js");
        assumeTrue(Files.exists(built), "SKIPPED: the guards are not built, which the profile client does");
        var command = new ArrayList<String>();
        if (isJava) {
            var classes = "guard/java/target/classes" + File.pathSeparator + "guard/java/target/test-classes";
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-cp",
                    classes + File.pathSeparator + Files.readString(built).strip(),
                    "dev.copresence.guard.JakartaSite"));
        } else {
            command.addAll(List.of("node", "guard/js/test/site.mjs", framework));
        }
        command.addAll(List.of(service.address(), ISSUER, SITE));
        command.addAll(List.of(keys));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var line = output.readLine();
        while (line != null && !line.startsWith("listening ")) {
            line = output.readLine();
        }
        assertTrue(line != null, "the site has started");
        return "http://127.0.0.1:" + line.substring("listening ".length());
    }

    private JsonObject beat(String token, String tab, boolean editing) throws Exception {
        var body = new JsonObject().put("pagePath", page).put("tabId", tab).put("isEditing", editing);
        var request = HttpRequest.newBuilder(URI.create(service.address() + "/api/presence/heartbeat"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.encode()))
                .build();
        var answer = HTTP.send(request, BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return new JsonObject(answer.body());
    }

    private static long fence(JsonObject beat) {
        return beat.getJsonObject("editing").getLong("fence");
    }

    private HttpResponse<String> open(String token, long fence) throws Exception {
        return call("POST", token, Map.of("Presence-Fence", String.valueOf(fence)), "");
    }

    private HttpResponse<String> openBy(String receipt, String token) throws Exception {
        return call("POST", token, Map.of("Presence-Receipt", receipt), "");
    }

    private HttpResponse<String> save(String token, long fence, long base, String text) throws Exception {
        var headers = Map.of("Presence-Fence", String.valueOf(fence), "If-Match", "\"" + base + "\"");
        return call("PUT", token, headers, text);
    }

    private HttpResponse<String> call(String method, String token, Map<String, String> headers, String body)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(site + page))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "text/plain; charset=utf-8")
                .method(method, BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String reason(HttpResponse<String> refused) {
        assertEquals(409, refused.statusCode(), refused.body());
        return new JsonObject(refused.body()).getString("reason");
    }

    private String receipt(String user, long fence, long life) {
        var now = Instant.now().getEpochSecond();
        return TestToken.signedBy(key.getPrivate())
                .withHeader("alg", "ES256")
                .withHeader("kid", "2026-11")
                .with("iss", ISSUER)
                .with("aud", SITE)
                .with("sub", user)
                .with("page", page)
                .with("fence", fence)
                .with("iat", now - 1)
                .with("exp", now + life)
                .compact();
    }

    private JsonObject publicKey() {
        return TokenProvider.publicKey("2026-11", key).put("alg", "ES256");
    }

    private String privateKeys() throws JoseException {
        var jwk = PublicJsonWebKey.Factory.newPublicJwk(key.getPublic());
        jwk.setPrivateKey(key.getPrivate());
        jwk.setKeyId("2026-11");
        jwk.setUse("sig");
        jwk.setAlgorithm("ES256");
        var one = new JsonObject(jwk.toJson(OutputControlLevel.INCLUDE_PRIVATE));
        return new JsonObject().put("keys", new JsonArray().add(one)).encode();
    }
}
