package dev.copresence.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A yardstick for fan-out: writes what is posted to it to all open responses, and does nothing else. */
public final class BareWriter {

    private BareWriter() {}

    public static void main(String... arguments) {
        var vertx = Vertx.vertx();
        List<HttpServerResponse> streams = new CopyOnWriteArrayList<>();
        vertx.deployVerticle(
                () -> new io.vertx.core.AbstractVerticle() {
                    @Override
                    public void start() {
                        vertx.createHttpServer()
                                .requestHandler(request -> {
                                    if (request.path().endsWith("/stream")) {
                                        streams.add(request.response()
                                                .setChunked(true)
                                                .putHeader("Content-Type", "text/event-stream"));
                                        request.response().write(": open\n\n");
                                    } else {
                                        request.bodyHandler(event -> write(event, streams));
                                        request.response().end();
                                    }
                                })
                                .listen(Integer.parseInt(arguments[0]), "127.0.0.1");
                    }
                },
                new io.vertx.core.DeploymentOptions().setInstances(4));
    }

    private static void write(Buffer event, List<HttpServerResponse> streams) {
        streams.forEach(stream -> stream.write(event));
    }
}
