package dev.copresence.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One of several packaged services, and the calls that are made to it in particular. */
final class Instance implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final ServiceProcess process;

    private Instance(ServiceProcess process) {
        this.process = process;
    }

    /** One that is being started. */
    static Instance starting(Map<String, String> properties) {
        var process = new ServiceProcess(properties);
        process.launch();
        return new Instance(process);
    }

    URI address() {
        return URI.create(process.address());
    }

    HttpResponse<String> join(String token, String page, String tab) {
        return send(post("join", token, body(page, tab))).join();
    }

    HttpResponse<String> beat(String token, String page, String tab) {
        return send(post("heartbeat", token, body(page, tab))).join();
    }

    HttpResponse<String> batch(String token, String page, String tab) {
        return batch(token, List.of(body(page, tab)), List.of());
    }

    HttpResponse<String> batch(String token, List<JsonObject> beats, List<JsonObject> leaves) {
        var body = new JsonObject().put("heartbeats", new JsonArray(beats)).put("leaves", new JsonArray(leaves));
        return send(post("batch", token, body)).join();
    }

    /** Of a hidden tab, which lives long. */
    CompletableFuture<HttpResponse<String>> claim(String token, String page, String tab) {
        return send(
                post("heartbeat", token, body(page, tab).put("isEditing", true).put("isVisible", false)));
    }

    HttpResponse<String> list(String token, String page) {
        return send(request("/api/presence/list?pagePath=" + page, token).build())
                .join();
    }

    double metric(String name) {
        return process.ask("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Of a tab that does nothing there. */
    static JsonObject body(String page, String tab) {
        return new JsonObject().put("pagePath", page).put("tabId", tab).put("isEditing", false);
    }

    private HttpRequest post(String call, String token, JsonObject body) {
        return request("/api/presence/" + call, token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
    }

    private HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(address().resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token);
    }

    private static CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.close();
    }
}
