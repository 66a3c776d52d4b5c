package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A client of one stream, which reads as the WHATWG says (HTML, section 9.2), by a thread of its own. */
final class SseClient implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 20;
    private static final Event END = new Event("end of the stream", "", "", "");

    /** One event; a field that it does not have is empty. */
    record Event(String name, String id, String data, String retry) {

        JsonPath json() {
            return JsonPath.from(data);
        }
    }

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private SseClient(HttpResponse<InputStream> response) {
        this.response = response;
        var reader = new Thread(this::read, "SSE client");
        reader.setDaemon(true);
        reader.start();
    }

    static SseClient open(Caller caller, String... pages) throws IOException, InterruptedException {
        return reopen(caller, null, pages);
    }

    /** Opens a stream as a client does that has heard {@code lastEventId} of one before. */
    static SseClient reopen(Caller caller, @Nullable String lastEventId, String... pages)
            throws IOException, InterruptedException {
        var response = ask(caller, lastEventId, pages);
        assertEquals(200, response.statusCode());
        return new SseClient(response);
    }

    /** What the service answers to somebody whom it opens no stream for. */
    static Answer refusal(@Nullable Caller caller, String... pages) throws IOException, InterruptedException {
        var response = ask(caller, null, pages);
        try (var body = response.body()) {
            return new Answer(
                    response.statusCode(),
                    response.headers().map(),
                    new String(body.readNBytes(10_000), StandardCharsets.UTF_8));
        }
    }

    private static HttpResponse<InputStream> ask(@Nullable Caller caller, @Nullable String lastEventId, String... pages)
            throws IOException, InterruptedException {
        var query = Arrays.stream(pages)
                .map(page -> "pagePath=" + URLEncoder.encode(page, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        var request = HttpRequest.newBuilder(Browser.address("/api/presence/stream?" + query))
                .header("Accept", "text/event-stream");
        if (caller != null) {
            request.header("Authorization", "Bearer " + caller.token());
        }
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request.build(), BodyHandlers.ofInputStream());
    }

    List<String> header(String name) {
        return response.headers().allValues(name);
    }

    /** The next event; fails if none comes. */
    Event next() throws InterruptedException {
        var event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(event, "no event came");
        return event;
    }

    /** The next event but pings, which must be a snapshot. */
    Event nextSnapshot() throws InterruptedException {
        var event = next();
        while (event.name().equals("ping")) {
            event = next();
        }
        assertEquals("snapshot", event.name(), event::toString);
        return event;
    }

    /** Asserts that the service ends the stream and has nothing more to say. */
    void assertEnds() throws InterruptedException {
        assertEquals(END, next());
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            var event = new Event("message", "", "", "");
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    event = with(event, line);
                } else if (!event.data().isEmpty()) {
                    events.add(event);
                    event = new Event("message", "", "", "");
                }
            }
        } catch (IOException e) {
            // The service has cut the connection, or this client has.
        }
        events.add(END);
    }

    private static Event with(Event event, String line) {
        var colon = line.indexOf(": ");
        var value = line.substring(colon + 2);
        return switch (line.substring(0, colon)) {
            case "event" -> new Event(value, event.id(), event.data(), event.retry());
            case "id" -> new Event(event.name(), value, event.data(), event.retry());
            case "data" -> new Event(event.name(), event.id(), value, event.retry());
            case "retry" -> new Event(event.name(), event.id(), event.data(), value);
            default -> event;
        };
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
