package dev.copresence.access.application;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** One request and its answer, of which nothing but a 200 of a bounded size is taken. No redirect is followed. */
final class Exchange {

    /** The time, in seconds, after which an unused connection is closed: less than servers wait until they do it. */
    static final int KEEP_ALIVE_SECONDS = 10;

    private final HttpClient client;
    private final RequestOptions request;
    private final Buffer body;
    private final int mostBytes;

    /** True when nobody waits for the answer any longer. */
    private final AtomicBoolean isCancelled = new AtomicBoolean();

    private final AtomicReference<HttpClientRequest> sent = new AtomicReference<>();

    private Exchange(HttpClient client, RequestOptions request, Buffer body, int mostBytes) {
        this.client = client;
        this.request = request;
        this.body = body;
        this.mostBytes = mostBytes;
    }

    /** Settings of a client for exchanges. */
    static HttpClientOptions options() {
        return new HttpClientOptions()
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setDecompressionSupported(false)
                .setVerifyHost(true);
    }

    /**
     * The body of a 200 of at most {@code mostBytes}; a failure whatever else comes. A connection that the other side has closed before it
     * answered is tried once more, since it may have been an unused one.
     */
    static Uni<Buffer> of(HttpClient client, RequestOptions request, Buffer body, int mostBytes) {
        return Uni.createFrom()
                .deferred(() -> new Exchange(client, request, body, mostBytes).start())
                .onFailure(HttpClosedException.class)
                .retry()
                .atMost(1);
    }

    private Uni<Buffer> start() {
        return Uni.createFrom()
                .completionStage(
                        () -> client.request(request).compose(this::send).toCompletionStage())
                .onCancellation()
                .invoke(this::cancel);
    }

    private Future<Buffer> send(HttpClientRequest connected) {
        sent.set(connected);
        if (isCancelled.get()) {
            cancel();
        }
        return connected.send(body).compose(this::read);
    }

    private void cancel() {
        isCancelled.set(true);
        var connected = sent.get();
        if (connected != null) {
            connected.reset();
        }
    }

    private Future<Buffer> read(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            cancel();
            return Future.failedFuture(new IllegalStateException("It has answered " + response.statusCode()));
        }
        Promise<Buffer> whole = Promise.promise();
        var bytes = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(bytes));
        response.handler(chunk -> {
            if (bytes.length() + chunk.length() <= mostBytes) {
                bytes.appendBuffer(chunk);
            } else if (whole.tryFail(new IllegalStateException("It has answered more than " + mostBytes + " bytes"))) {
                cancel();
            }
        });
        return whole.future();
    }
}
