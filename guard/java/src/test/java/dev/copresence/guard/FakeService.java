package dev.copresence.guard;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Copresence with one lease, which Ana holds on /docs/a under fence 418. */
final class FakeService implements AutoCloseable {

    /** What it was asked, in order. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    volatile JWKSet keys = new JWKSet();
    volatile int broken;
    private final HttpServer server;

    FakeService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(exchange.getRequestURI().getPath() + " " + body);
        if (broken != 0) {
            send(exchange, broken, "<html>");
        } else if (exchange.getRequestURI().getPath().equals("/api/presence/keys")) {
            send(exchange, 200, keys.toString());
        } else {
            verify(exchange, body);
        }
    }

    private static void verify(HttpExchange exchange, String body) throws IOException {
        try {
            var question = JSONObjectUtils.parse(body);
            var bearer = exchange.getRequestHeaders().getFirst("Authorization");
            var user = "Bearer verifier".equals(bearer) ? question.get("userId") : bearer.substring("Bearer ".length());
            var isHeld = "ana".equals(user)
                    && question.get("fence").equals(418L)
                    && "/docs/a".equals(question.get("pagePath"))
                    && !question.containsKey("section");
            var editor = "\"editor\":{\"id\":\"ana\",\"name\":\"Ana\"}}";
            send(exchange, isHeld ? 200 : 409, isHeld ? "{" + editor : "{\"status\":409,\"reason\":\"lost\"," + editor);
        } catch (ParseException e) {
            send(exchange, 400, "{}");
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
