package dev.copresence.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** A collector of traces by OTLP over HTTP, which keeps what it gets as it came. */
public class TraceCollector implements QuarkusTestResourceLifecycleManager {

    /** For {@code false} the service is only told where the collector is, and not that traces are wanted. */
    static final String WANTED = "wanted";

    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private boolean wanted = true;
    private HttpServer server;

    @Override
    public void init(Map<String, String> arguments) {
        wanted = !"false".equals(arguments.get(WANTED));
    }

    @Override
    public Map<String, String> start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", this::take);
        server.start();
        var settings = new HashMap<>(Map.of(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "otel.exporter.otlp.protocol",
                "http/protobuf",
                "otel.bsp.schedule.delay",
                "200ms"));
        if (wanted) {
            settings.put("otel.sdk.disabled", "false");
        }
        return settings;
    }

    @Override
    public void inject(TestInjector tests) {
        tests.injectIntoFields(this, new TestInjector.MatchesType(TraceCollector.class));
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    /** All that has come, byte for byte: protocol buffers hold their texts as they are. */
    String received() {
        return received.stream().collect(Collectors.joining("\n"));
    }

    private void take(HttpExchange exchange) throws IOException {
        received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
        exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }
}
