package dev.copresence.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A reader of a page's stream, over a real connection. */
final class OpenStream implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private OpenStream(HttpResponse<InputStream> response) {
        this.response = response;
    }

    /** A stream whose head has arrived; whatever its status is. */
    static OpenStream of(URI service, String page, String token) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(service.resolve("/api/presence/stream?pagePath=" + page))
                .header("Authorization", "Bearer " + token)
                .build();
        var stream =
                new OpenStream(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream()));
        var reader = new Thread(stream::read, "stream of " + page);
        reader.setDaemon(true);
        reader.start();
        return stream;
    }

    int status() {
        return response.statusCode();
    }

    List<String> header(String name) {
        return response.headers().allValues(name);
    }

    /** The next event of this name; others before it are passed over, and none in time is a failure. */
    Event next(String name) throws InterruptedException {
        for (var event = poll(); event != null; event = poll()) {
            if (event.name().equals(name)) {
                return event;
            }
        }
        throw new AssertionError("no event " + name + " in " + PATIENCE_SECONDS + " s");
    }

    /** The events up to the next one of this name, with it; none of it in time is a failure. */
    List<Event> until(String name) throws InterruptedException {
        var heard = new ArrayList<Event>();
        for (var event = poll(); event != null; event = poll()) {
            heard.add(event);
            if (event.name().equals(name)) {
                return heard;
            }
        }
        throw new AssertionError("no event " + name + " in " + PATIENCE_SECONDS + " s, but " + heard);
    }

    private @Nullable Event poll() throws InterruptedException {
        return events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void read() {
        var blocks = new Scanner(response.body(), StandardCharsets.UTF_8).useDelimiter("\n\n");
        while (blocks.hasNext()) {
            events.add(Event.of(blocks.next()));
        }
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }

    /** One message; a field that it does not have is empty. */
    record Event(String name, String id, String data, String retry) {

        private static Event of(String block) {
            return new Event(field(block, "event"), field(block, "id"), field(block, "data"), field(block, "retry"));
        }

        private static String field(String block, String name) {
            return block.lines()
                    .filter(line -> line.startsWith(name + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst()
                    .orElse("");
        }
    }
}
