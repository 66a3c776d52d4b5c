package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An answer as it came over the wire, whoever fetched it. */
record Answer(int status, Map<String, List<String>> headers, String body) {

    Answer {
        var caseless = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        caseless.putAll(headers);
        headers = caseless;
    }

    static Answer of(ValidatableResponse response) {
        var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (var header : response.extract().headers()) {
            headers.computeIfAbsent(header.getName(), name -> new ArrayList<>()).add(header.getValue());
        }
        return new Answer(
                response.extract().statusCode(), headers, response.extract().asString());
    }

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers().map(), response.body());
    }

    @Nullable
    String header(String name) {
        var values = headers.get(name);
        return values == null ? null : values.get(0);
    }

    JsonPath json() {
        return JsonPath.from(body);
    }

    /** Asserts a problem document of RFC 9457 that says no more than what the client did wrong. */
    Answer isProblem(int status, String reason) {
        assertEquals(status, this.status, this::toString);
        isProblem();
        assertEquals("urn:copresence:problem:" + reason, json().getString("type"), this::toString);
        return this;
    }

    /** Asserts a problem document, whatever the problem is. */
    Answer isProblem() {
        assertEquals("application/problem+json", String.valueOf(header("Content-Type")), this::toString);
        assertEquals(status, json().getInt("status"), this::toString);
        assertFalse(json().getString("title").isBlank(), this::toString);
        assertFalse(json().getString("detail").isBlank(), this::toString);
        assertTrue(isSilentAboutUs(), this::toString);
        return this;
    }

    /** Asserts that exactly these fields are told to be bad, by the names that the wire has for them. */
    Answer names(String... fields) {
        var violations = json().<Object>getList("violations");
        assertEquals(
                List.of(fields), violations == null ? List.of() : json().getList("violations.field"), this::toString);
        for (var field : fields) {
            assertTrue(json().getString("detail").contains(field), this::toString);
        }
        return this;
    }

    /** Whether it shows neither a page for people nor anything of our code. */
    boolean isSilentAboutUs() {
        return !body.toLowerCase(java.util.Locale.ROOT).contains("<html")
                && !body.contains("Exception")
                && !body.contains("\tat ")
                && !body.contains("dev.copresence")
                && !body.contains("com.fasterxml");
    }
}
