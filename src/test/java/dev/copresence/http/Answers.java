package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** What the answers to a plain client must be. */
final class Answers {

    private Answers() {}

    static void isProblem(HttpResponse<String> answer, int status, String type) {
        assertEquals(status, answer.statusCode(), answer::body);
        assertEquals(
                "application/problem+json",
                answer.headers().firstValue("Content-Type").orElse(""));
        assertEquals("urn:copresence:problem:" + type, new JsonObject(answer.body()).getString("type"));
    }
}
