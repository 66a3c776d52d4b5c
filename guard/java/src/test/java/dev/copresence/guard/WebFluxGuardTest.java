package dev.copresence.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.copresence.guard.Guard.Answer;
import dev.copresence.guard.Guard.TextName;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.server.RouterFunctions;
import reactor.core.publisher.Mono;

/** The guard in Spring WebFlux. */
class WebFluxGuardTest extends GuardContract {

    private WebTestClient site;

    @Override
    void start(Guard guard) {
        var handler = new WebFluxGuard(
                guard,
                request -> Mono.justOrEmpty(request.headers().firstHeader("Authorization"))
                        .map(bearer -> bearer.substring("Bearer ".length())),
                request -> new TextName(request.uri().getRawPath(), null));
        site = WebTestClient.bindToRouterFunction(RouterFunctions.route()
                        .GET("/docs/**", handler)
                        .POST("/docs/**", handler)
                        .PUT("/docs/**", handler)
                        .build())
                .build();
    }

    @Override
    Answer call(String method, String path, Map<String, String> headers, String body) {
        var request = site.method(HttpMethod.valueOf(method)).uri(path).header("Content-Type", "text/plain");
        headers.forEach(request::header);
        var result = request.bodyValue(body.getBytes(UTF_8))
                .exchange()
                .expectBody(byte[].class)
                .returnResult();
        var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        result.getResponseHeaders().forEach((name, values) -> all.put(name, values.get(0)));
        return new Answer(result.getStatus().value(), all, new String(result.getResponseBody(), UTF_8));
    }
}
