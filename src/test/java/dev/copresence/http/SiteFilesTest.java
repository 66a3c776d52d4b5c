package dev.copresence.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.zip.GZIPInputStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the client and the demo: packed for who unpacks gzip, and how long they may be kept. */
@QuarkusTest
class SiteFilesTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @ParameterizedTest
    @CsvSource({
        "/copresence/element.js, text/javascript;charset=UTF-8",
        "/copresence/texts-de.js, text/javascript;charset=UTF-8",
        "/demo/demo.css, text/css;charset=UTF-8",
        "/demo/icon.svg, image/svg+xml"
    })
    void aFileIsPackedForWhoUnpacksAndIsTheSameFile(String path, String type) throws Exception {
        var plain = get(path);
        var packed = get(path, "Accept-Encoding", "br, gzip;q=0.5");

        assertEquals("gzip", header(packed, "Content-Encoding"));
        assertNull(header(plain, "Content-Encoding"));
        assertArrayEquals(plain.body(), unpacked(packed.body()));
        assertTrue(packed.body().length < plain.body().length);
        for (var answer : new HttpResponse<?>[] {plain, packed}) {
            assertEquals(200, answer.statusCode());
            assertEquals(type, header(answer, "Content-Type"));
            assertEquals("max-age=300, must-revalidate", header(answer, "Cache-Control"));
            assertEquals("accept-encoding", header(answer, "Vary").toLowerCase());
            assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "br", "gzip;q=0", "*;q=0", "x-gzip-not"})
    void whoDoesNotUnpackGetsThePlainFile(String coding) throws Exception {
        var answer = get("/copresence/element.js", "Accept-Encoding", coding);

        assertEquals(200, answer.statusCode());
        assertNull(header(answer, "Content-Encoding"));
        assertTrue(new String(answer.body(), UTF_8).contains("page-presence"));
    }

    @Test
    void whoHasAPackedFileIsToldThatItIsStillTheSame() throws Exception {
        var first = get("/copresence/element.js", "Accept-Encoding", "gzip");
        var again = get("/copresence/element.js", "Accept-Encoding", "gzip", "If-None-Match", header(first, "ETag"));
        var other = get("/copresence/element.js", "Accept-Encoding", "gzip", "If-None-Match", "\"other\"");

        assertEquals(304, again.statusCode());
        assertEquals(0, again.body().length);
        assertEquals(header(first, "ETag"), header(again, "ETag"));
        assertEquals("max-age=300, must-revalidate", header(again, "Cache-Control"));
        assertEquals(200, other.statusCode());
    }

    @Test
    void theHeadOfAPackedFileIsThatOfTheFile() throws Exception {
        var file = get("/copresence/element.js", "Accept-Encoding", "gzip");
        var head = CLIENT.send(
                request("/copresence/element.js", "Accept-Encoding", "gzip")
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofByteArray());

        assertEquals(String.valueOf(file.body().length), header(head, "Content-Length"));
        assertEquals(header(file, "ETag"), header(head, "ETag"));
        assertEquals("gzip", header(head, "Content-Encoding"));
    }

    @Test
    void theClientIsForThePagesOfAnyOriginAndTheDemoIsNot() throws Exception {
        var client = get("/copresence/element.js", "Accept-Encoding", "gzip", "Origin", "https://wiki.example");
        var demo = get("/demo/demo.js", "Accept-Encoding", "gzip", "Origin", "https://wiki.example");

        assertEquals("*", header(client, "Access-Control-Allow-Origin"));
        assertEquals("cross-origin", header(client, "Cross-Origin-Resource-Policy"));
        assertNull(header(demo, "Access-Control-Allow-Origin"));
        assertNull(header(demo, "Cross-Origin-Resource-Policy"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/copresence/nothing.js", "/copresence/", "/demo/nothing.css", "/copresence/.js"})
    void whatIsNotThereIsNotPacked(String path) throws Exception {
        var answer = get(path, "Accept-Encoding", "gzip");

        assertEquals(404, answer.statusCode());
        assertEquals("no-store", header(answer, "Cache-Control"));
        assertNull(header(answer, "Content-Encoding"));
        assertNull(header(answer, "Access-Control-Allow-Origin"));
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return CLIENT.send(request(path, headers).build(), BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request(String path, String... headers) {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return gzip.readAllBytes();
        }
    }
}
