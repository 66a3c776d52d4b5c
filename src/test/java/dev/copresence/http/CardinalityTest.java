package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.http.door.HttpLayer;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Text of a client is never a label: a series stays for ever, so whoever could make one could fill the memory. */
@QuarkusTest
class CardinalityTest {

    private static final int MANY = 300;

    /** Kinds of requests, each given a word that nobody has sent before. */
    enum Kind {
        METHOD(word -> List.of(word.toUpperCase(Locale.ROOT) + " /api/presence/me HTTP/1.1")),
        METHOD_WITH_SIGNS(word -> List.of("!#$" + word + " / HTTP/1.1")),
        METHOD_OF_A_FILE(word -> List.of(word + " /copresence/element.js HTTP/1.1")),
        METHOD_OF_OPERATORS(word -> List.of(word + " /q/health/live HTTP/1.1")),
        PATH(word -> List.of("GET /" + word + " HTTP/1.1")),
        PATH_OF_THE_API(word -> List.of("GET /api/presence/" + word + " HTTP/1.1")),
        PATH_BELOW_A_CALL(word -> List.of("POST /api/presence/editor/" + word + " HTTP/1.1")),
        PATH_OF_A_FILE(word -> List.of("GET /copresence/" + word + ".js HTTP/1.1")),
        PATH_OF_A_PAGE(word -> List.of("GET /docs/" + word + "/ HTTP/1.1")),
        PATH_OF_OPERATORS(word -> List.of("GET /q/" + word + " HTTP/1.1")),
        PATH_OF_A_HEALTH_GROUP(word -> List.of("GET /q/health/group/" + word + " HTTP/1.1")),
        PATH_PARAMETER(word -> List.of("GET /api/presence/me;" + word + "=1 HTTP/1.1")),
        ESCAPED_PATH(word -> List.of("GET /api%2f" + word + " HTTP/1.1")),
        NO_URI(word -> List.of("GET /" + word + "| HTTP/1.1")),
        UNDECODABLE_PATH(word -> List.of("GET /" + word + "%zz HTTP/1.1")),
        ANOTHER_HOSTS_ADDRESS(word -> List.of("GET http://" + word + ".example/ HTTP/1.1")),
        QUERY(word -> List.of("GET /api/presence/list?" + word + "=" + word + " HTTP/1.1")),
        LOGIN(word -> List.of("GET /login?to=/" + word + " HTTP/1.1")),
        HOST_BESIDE_ANOTHER(word -> List.of("GET / HTTP/1.1", "Host: " + word)),
        ORIGIN(word -> List.of("GET /api/presence/me HTTP/1.1", "Origin: https://" + word + ".example")),
        MEDIA_TYPE(word -> List.of("POST /api/presence/join HTTP/1.1", "Content-Type: application/" + word)),
        ACCEPTED_TYPE(word -> List.of("GET /api/presence/me HTTP/1.1", "Accept: text/" + word)),
        TRANSFER_CODING(word -> List.of("POST /api/presence/join HTTP/1.1", "Transfer-Encoding: " + word)),
        BEARER(word -> List.of("GET /api/presence/me HTTP/1.1", "Authorization: Bearer " + word)),
        SCHEME(word -> List.of("GET /api/presence/me HTTP/1.1", "Authorization: " + word + " x")),
        COOKIE(word -> List.of("GET /api/presence/me HTTP/1.1", "Cookie: q_session_" + word + "=" + word)),
        UPGRADE(word -> List.of("GET / HTTP/1.1", "Connection: Upgrade", "Upgrade: " + word)),
        TRACE_PARENT(word -> List.of("GET /api/presence/me HTTP/1.1", "traceparent: " + word));

        private final Function<String, List<String>> request;

        Kind(Function<String, List<String>> request) {
            this.request = request;
        }

        List<String> with(String word) {
            return Stream.concat(request.apply(word).stream(), Stream.of("Host: " + RawConnection.host()))
                    .toList();
        }
    }

    private final Random random = new Random(9);

    @ParameterizedTest
    @EnumSource
    void hundredsOfWordsMakeNoSeries(Kind kind) throws IOException {
        RawConnection.exchange(kind.with(word()));
        RawConnection.exchange(kind.with(word()));
        var before = settledSeries();

        var words = new TreeSet<String>();
        for (var i = 0; i < MANY; i++) {
            var word = word();
            words.add(word);
            RawConnection.exchange(kind.with(word));
        }

        var after = settledSeries();
        var more = new TreeSet<>(after);
        more.removeAll(before);
        assertTrue(more.size() < MANY / 10, more::toString);
        var told = String.join("\n", after).toLowerCase(Locale.ROOT);
        words.forEach(word -> assertFalse(told.contains(word), word));
    }

    @Test
    void callsOfAUserAreMeasuredHoweverManyBadAddressesThereWereBefore() throws IOException {
        for (var i = 0; i < MANY; i++) {
            RawConnection.exchange(Kind.NO_URI.with(word()));
        }

        Caller.stranger("ana").beat(newPage(), newTab(), false).statusCode(200);

        await().until(() -> series().stream()
                .anyMatch(line -> line.startsWith("http_server_requests_seconds_count{")
                        && line.contains("method=\"POST\"")
                        && line.contains("status=\"200\"")
                        && line.contains("uri=\"/api/presence/heartbeat\"")));
    }

    @Test
    void eachCallThatIsDescribedIsMeasuredUnderItsOwnAddress() {
        var described = given()
                .queryParam("format", "json")
                .get("/q/openapi")
                .then()
                .extract()
                .jsonPath()
                .<String, Object>getMap("paths")
                .keySet()
                .stream()
                .filter(path -> path.startsWith("/api/presence/") && !path.equals(HttpLayer.STREAM))
                .toList();

        for (var path : described) {
            given().get(path);

            await(path).until(() -> count("uri=\"" + path + "\"") > 0);
        }
    }

    @Test
    void whatNobodyKnowsIsOther() throws IOException {
        RawConnection.exchange(Kind.METHOD.with(word()));
        RawConnection.exchange(Kind.PATH.with(word()));

        await().untilAsserted(() -> {
            assertEquals(1, count("method=\"OTHER\"", "uri=\"/api/presence/me\"", "status=\"501\""));
            assertEquals(1, count("method=\"GET\"", "uri=\"OTHER\"", "status=\"404\""));
        });
    }

    private static long count(String... labels) {
        return series().stream()
                .filter(line -> line.startsWith("http_server_requests_seconds_count{"))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .count();
    }

    /** Once the calls so far have been counted, which is a moment after their answers. */
    private static Set<String> settledSeries() {
        var before = series();
        var after = series();
        while (!after.equals(before)) {
            before = after;
            after = series();
        }
        return after;
    }

    /** The names and labels of all that is measured, without its values. */
    private static Set<String> series() {
        return given().get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String word() {
        return random.ints(12, 'a', 'z' + 1)
                .mapToObj(letter -> String.valueOf((char) letter))
                .collect(Collectors.joining());
    }
}
