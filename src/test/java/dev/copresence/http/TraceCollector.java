package dev.copresence.http;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** A collector of traces by OTLP over HTTP or gRPC, which keeps what it gets as it came. */
public class TraceCollector implements QuarkusTestResourceLifecycleManager {

    /** For {@code false} the service is only told where the collector is, and not that traces are wanted. */
    static final String WANTED = "wanted";

    /** The protocol that the service is told to use; {@code http/protobuf} without it. */
    static final String PROTOCOL = "protocol";

    /** A frame of gRPC with an empty message: not compressed, and of no length. */
    private static final Buffer EMPTY_MESSAGE = Buffer.buffer(new byte[5]);

    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private boolean wanted = true;
    private String protocol = "http/protobuf";
    private Vertx vertx;

    @Override
    public void init(Map<String, String> arguments) {
        wanted = !"false".equals(arguments.get(WANTED));
        protocol = arguments.getOrDefault(PROTOCOL, protocol);
    }

    @Override
    public Map<String, String> start() {
        vertx = Vertx.vertx();
        var server = vertx.createHttpServer()
                .requestHandler(this::take)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        var settings = new HashMap<>(Map.of(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + server.actualPort(),
                "otel.exporter.otlp.protocol",
                protocol,
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
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** All that has come, byte for byte: protocol buffers hold their texts as they are. */
    String received() {
        return received.stream().collect(Collectors.joining("\n"));
    }

    private void take(HttpServerRequest request) {
        request.bodyHandler(body -> {
            var response = request.response();
            switch (request.path()) {
                case "/v1/traces" ->
                    response.putHeader("Content-Type", "application/x-protobuf").end();
                case "/opentelemetry.proto.collector.trace.v1.TraceService/Export" -> {
                    response.putHeader("Content-Type", "application/grpc").putTrailer("grpc-status", "0");
                    response.end(EMPTY_MESSAGE);
                }
                default -> {
                    response.setStatusCode(404).end();
                    return;
                }
            }
            received.add(body.toString(StandardCharsets.ISO_8859_1));
        });
    }
}
