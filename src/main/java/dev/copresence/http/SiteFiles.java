package dev.copresence.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.quarkus.runtime.LaunchMode;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the browser client and of the demo: how long they may be kept, and their bytes for who unpacks gzip. Each is packed
 * once. The server's own compressor packs a file anew for each reader, and would stand in the way of every call.
 */
@Singleton
class SiteFiles {

    /** Behind the server's authentication, and before its own way to the files, which serves all that is not served here. */
    private static final int BEFORE_FILES = 1;

    private static final String FOLDER = "META-INF/resources";
    private static final String GZIP = "gzip";

    /** Names are stable, so a copy is asked about again after a short while. */
    private static final String FOR_A_WHILE = "max-age=300, must-revalidate";

    /** The kinds of files that are worth it, by the ends of their names. */
    private static final Map<String, String> PACKED =
            Map.of("js", "text/javascript;charset=UTF-8", "css", "text/css;charset=UTF-8", "svg", "image/svg+xml");

    /** The files that were asked for; there are no more than this application has. */
    private final Map<String, Packed> packed = new ConcurrentHashMap<>();

    /** A file's bytes, and the tag of this form of it. */
    private record Packed(Buffer bytes, String etag) {}

    void route(@Observes Router router) {
        files(
                router,
                "/copresence/*",
                headers -> headers.set(HttpHeaders.CACHE_CONTROL, FOR_A_WHILE)
                        // For the pages of any origin.
                        .set("Cross-Origin-Resource-Policy", "cross-origin")
                        .set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        files(router, "/demo/*", headers -> headers.set(HttpHeaders.CACHE_CONTROL, FOR_A_WHILE));
        for (var page : new String[] {"/", "/index.html", "/docs/*"}) {
            answers(
                    router,
                    page,
                    headers -> headers.set(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                            .set(
                                    "Content-Security-Policy",
                                    "default-src 'self'; img-src 'self' https:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'")
                            .set("Referrer-Policy", "same-origin"));
        }
    }

    private void files(Router router, String path, Consumer<MultiMap> headers) {
        answers(router, path, known -> headers.accept(known.set(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)));
        // In dev mode files change.
        if (LaunchMode.current() != LaunchMode.DEVELOPMENT) {
            route(router, path, this::pack);
        }
    }

    /** Puts headers into all answers at a path but refusals. */
    private static void answers(Router router, String path, Consumer<MultiMap> headers) {
        route(router, path, context -> {
            context.addHeadersEndHandler(written -> {
                if (context.response().getStatusCode() < 400) {
                    headers.accept(context.response().headers());
                }
            });
            context.next();
        });
    }

    private static void route(Router router, String path, Consumer<RoutingContext> handler) {
        router.route(path)
                .order(BEFORE_FILES)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(handler::accept);
    }

    private void pack(RoutingContext context) {
        var path = context.normalizedPath();
        var type = PACKED.get(path.substring(path.lastIndexOf('.') + 1));
        var file = type == null || !unpacks(context) ? null : file(path);
        if (file == null) {
            context.next();
            return;
        }
        var response = context.response();
        response.putHeader(HttpHeaders.ETAG, '"' + file.etag() + '"');
        if (EntityTags.include(context.request().headers().getAll(HttpHeaders.IF_NONE_MATCH), file.etag())) {
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, type).putHeader(HttpHeaders.CONTENT_ENCODING, GZIP);
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader(
                            HttpHeaders.CONTENT_LENGTH,
                            String.valueOf(file.bytes().length()))
                    .end();
        } else {
            response.end(file.bytes());
        }
    }

    private static boolean unpacks(RoutingContext context) {
        return context.parsedHeaders().acceptEncoding().stream()
                .anyMatch(coding -> coding.value().equalsIgnoreCase(GZIP) && coding.weight() > 0);
    }

    /** The file at an address, packed; null if there is none. */
    private @Nullable Packed file(String path) {
        var known = packed.get(path);
        if (known != null) {
            return known;
        }
        try (var file = open(path)) {
            if (file == null) {
                return null;
            }
            var plain = file.readAllBytes();
            var bytes = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(bytes)) {
                gzip.write(plain);
            }
            // Of what it unpacks to: other instances may pack the same otherwise.
            var etag = EntityTags.of(plain, GZIP.getBytes(US_ASCII));
            var made = new Packed(Buffer.buffer(bytes.toByteArray()), etag);
            packed.put(path, made);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable InputStream open(String path) {
        return Thread.currentThread().getContextClassLoader().getResourceAsStream(FOLDER + path);
    }
}
