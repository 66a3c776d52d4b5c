package dev.copresence.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The proxy of a site: some addresses it answers itself, all others the service behind it, and while that is deployed it
 * answers as proxies do.
 */
public final class Front implements AutoCloseable {

    /** What only this connection is about. */
    private static final Set<String> HOP = Set.of(
            "connection", "content-length", "host", "upgrade", "transfer-encoding", "http2-settings", "keep-alive");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Supplier<String>> own = new ConcurrentHashMap<>();
    private final String service;
    private final HttpServer server;
    private volatile Deployment deployment = Deployment.NONE;

    /** What a proxy answers while there is nothing behind it. */
    public enum Deployment {
        NONE(0, ""),
        NO_ROUTE(404, "404 page not found\n"),
        NO_SERVER(502, "<html><head><title>502 Bad Gateway</title></head></html>");

        private final int status;
        private final String text;

        Deployment(int status, String text) {
            this.status = status;
            this.text = text;
        }
    }

    /** @param service the address of what is behind it, without a slash at the end */
    public Front(String service) {
        this.service = service;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Has it answer a path itself, with text that may change. */
    public void serve(String path, Supplier<String> text) {
        own.put(path, text);
    }

    /** From now on everything that the service would answer is answered so. */
    public void during(Deployment now) {
        deployment = now;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var text = own.get(exchange.getRequestURI().getPath());
            if (text != null) {
                send(exchange, 200, text.get());
            } else if (deployment != Deployment.NONE) {
                send(exchange, deployment.status, deployment.text);
            } else {
                pass(exchange);
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", text.startsWith("<") ? "text/html" : "text/plain");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void pass(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readAllBytes();
        var request = HttpRequest.newBuilder(URI.create(service + exchange.getRequestURI()))
                .version(HttpClient.Version.HTTP_1_1)
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            var answer = http.send(request.build(), BodyHandlers.ofInputStream());
            answer.headers().map().forEach((name, values) -> {
                if (!HOP.contains(name)) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            var length = answer.headers().firstValueAsLong("content-length");
            var isEmpty = answer.statusCode() == 204 || answer.statusCode() == 304 || length.orElse(1) == 0;
            exchange.sendResponseHeaders(answer.statusCode(), isEmpty ? -1 : 0);
            copy(answer.body(), exchange);
        } catch (IOException e) {
            if (exchange.getResponseCode() == -1) {
                send(exchange, Deployment.NO_SERVER.status, Deployment.NO_SERVER.text);
            }
            // Otherwise it is cut off, which is what a proxy does.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Piece by piece, as it comes: it may be a stream. */
    private static void copy(InputStream from, HttpExchange exchange) throws IOException {
        var buffer = new byte[8_192];
        for (var read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            exchange.getResponseBody().write(buffer, 0, read);
            exchange.getResponseBody().flush();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
