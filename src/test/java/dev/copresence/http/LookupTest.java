package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.access.Access;
import dev.copresence.access.Level;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is on the pages of a list, as it is asked and answered over HTTP. */
@QuarkusTest
@TestProfile(EditorResourceTest.Profile.class)
class LookupTest {

    @Inject
    ManualTime time;

    /** Set by the test resource. */
    TokenProvider provider;

    private final ChosenAccess access = new ChosenAccess();
    private final String page = newPage();
    private final String other = newPage();
    private Caller ana;

    /** Somebody whose id and name nobody may be told who sees less than names. */
    private Caller zyx;

    @BeforeEach
    void twoUsers() {
        QuarkusMock.installMockForType(access, Access.class);
        ana = Caller.stranger("ana", provider);
        zyx = Caller.stranger("zyxwvut", provider);
    }

    // --- What is told

    @Test
    void pagesWithSomebodyAreToldInTheOrderOfTheQuestion() { // B1
        zyx.beat(page, newTab(), true).statusCode(200);
        zyx.join(other, newTab()).statusCode(200);

        lookup(ana, other, newPage(), page)
                .statusCode(200)
                .body("pages.pagePath", contains(other, page))
                .body("pages[0]", not(hasKey("editorUserId")))
                .body("pages[1].editorUserId", is(zyx.id))
                .body("pages[1].viewers", equalTo(List.of(Map.of("id", zyx.id, "name", zyx.name()))))
                .body("nextLookupMs", is(15000))
                .body("", not(hasKey("spellings")));
        assertEquals("no-store", lookup(ana, page).extract().header("Cache-Control"));
    }

    @Test
    void whoLooksIsNowhereByThat() { // B1
        lookup(ana, page).statusCode(200);

        ana.list(page).body("viewerCount", is(0));
    }

    @Test
    void aRowsChangeIsInALaterLookupAndThenNothingIsNews() { // B1
        var etag = etag(lookup(ana, page, other));

        zyx.join(page, newTab()).statusCode(200);
        await().until(() -> !etag(lookup(ana, page, other)).equals(etag));

        var changed = lookup(ana, page, other).body("pages.pagePath", contains(page));
        var known = Answer.of(post(ana, Map.of("pages", List.of(page, other), "known", etag(changed))));
        assertEquals("{\"etag\":\"" + etag(changed) + "\",\"nextLookupMs\":15000}", known.body());
        post(ana, Map.of("pages", List.of(page, other), "known", "\"" + etag(changed) + "\""))
                .body("", not(hasKey("pages")));
    }

    @Test
    void whoHasGoneIsInNoLaterLookup() { // B1, T1
        zyx.join(page, newTab()).statusCode(200);
        lookup(ana, page).body("pages.viewerCount", contains(1));

        time.advance(Duration.ofSeconds(46));

        await().until(() -> lookup(ana, page).extract().<List<?>>path("pages").isEmpty());
    }

    @Test
    void aPageIsToldOnceHoweverOftenAndInWhateverSpellingItIsNamed() { // B1, P1
        zyx.join(page, newTab()).statusCode(200);
        var escaped = page.replace("/docs", "/%64ocs");

        lookup(ana, page + "/", page, page, escaped)
                .statusCode(200)
                .body("pages.pagePath", contains(page))
                .body("spellings", equalTo(Map.of(page + "/", page, escaped, page)));
    }

    // --- Bad input

    @Test
    void twoHundredPagesAreTakenAndOneMoreIsNot() { // B1, F3
        lookup(ana, Collections.nCopies(200, page).toArray(String[]::new)).statusCode(200);

        Answer.of(lookup(ana, Collections.nCopies(201, page).toArray(String[]::new)))
                .isProblem(400, "invalid-input")
                .names("pages");
    }

    static Stream<Map<String, ?>> noPages() {
        return Stream.of(
                Map.of(),
                Map.of("pages", List.of()),
                Map.of("pages", "/docs/a"),
                Collections.singletonMap("pages", null));
    }

    @ParameterizedTest
    @MethodSource("noPages")
    void noPagesAreRefused(Map<String, ?> body) { // B1
        Answer.of(post(ana, body)).isProblem(400, "invalid-input").names("pages");
    }

    @Test
    void eachPageThatIsNoneIsNamedByItsPlace() { // B1, P2
        Answer.of(lookup(ana, page, "docs", other, "/a//b"))
                .isProblem(400, "invalid-input")
                .names("pages[1]", "pages[3]");
        Answer.of(post(ana, Map.of("pages", Arrays.asList(page, null))))
                .isProblem(400, "invalid-input")
                .names("pages[1]");
    }

    @ParameterizedTest
    @CsvSource({"known, 129", "isListed, 0"})
    void aBadFieldIsNamed(String field, int length) { // B1
        var bad = length == 0 ? "yes" : "x".repeat(length);
        Answer.of(post(ana, Map.of("pages", List.of(page), field, bad)))
                .isProblem(400, "invalid-input")
                .names(field);
    }

    @Test
    void fiftyPagesCountAsARequestMore() { // B1, F3
        var many =
                IntStream.range(0, 200).mapToObj(number -> page + "/" + number).toArray(String[]::new);

        // A burst is of 200 requests.
        for (var i = 0; i < 40; i++) {
            lookup(ana, many).statusCode(200);
        }

        var refused = Answer.of(lookup(ana, page));
        refused.isProblem(429, "too-many-requests");
        assertTrue(Integer.parseInt(String.valueOf(refused.header("Retry-After"))) > 0, refused::toString);
    }

    // --- Access

    @Test
    void aForbiddenPageIsLikeAnEmptyOneWhetherOrNotPeopleAreThere() { // B1, A3
        zyx.beat(page, newTab(), true).statusCode(200);
        var empty = newPage();
        access.close(page);
        access.close(other);

        var withPeople = Answer.of(lookup(ana, page)).body();

        assertEquals(Answer.of(lookup(ana, other)).body(), withPeople);
        assertEquals(Answer.of(lookup(ana, empty)).body(), withPeople);
        lookup(ana, page).statusCode(200).body("pages", empty());
    }

    @ParameterizedTest
    @EnumSource(value = Level.class, mode = EnumSource.Mode.EXCLUDE, names = "NAMES")
    void noRowTellsAnIdOrANameToSomebodyBelowNames(Level level) { // B1, A7
        zyx.beat(page, newTab(), true).statusCode(200);
        zyx.beat(page, newTab(), true, Map.of("section", "intro")).statusCode(200);
        lookup(ana, page).body("pages[0].viewers[0].id", is(zyx.id));
        access.decide(page, true, level, true);

        var answer = Answer.of(lookup(ana, page));

        assertEquals(200, answer.status());
        assertFalse(answer.body().toLowerCase(Locale.ROOT).contains("zyxwvut"), answer.body());
        assertEquals(level == Level.NONE ? 0 : 1, answer.json().getList("pages").size());
        if (level == Level.INITIALS) {
            assertEquals("Z", answer.json().getString("pages[0].viewers[0].initials"));
            assertEquals(
                    answer.json().getString("pages[0].viewers[0].id"),
                    answer.json().getString("pages[0].editorUserId"));
        }
        if (level == Level.COUNT) {
            assertEquals(
                    Map.of("pagePath", page, "level", "count", "viewerCount", 1, "isEdited", true),
                    answer.json().getMap("pages[0]"));
        }
    }

    @Test
    void ofAPageWhosePeopleAreNotShownNothingIsToldEither() { // B1, A7
        access.decide(page, true, Level.NONE, true);
        var empty = Answer.of(lookup(ana, page)).body();

        zyx.join(page, newTab()).statusCode(200);

        assertEquals(empty, Answer.of(lookup(ana, page)).body());
    }

    @Test
    void eachRowHasItsOwnLevelAndEachCallerTheirs() { // B1, A7
        zyx.join(page, newTab()).statusCode(200);
        zyx.join(other, newTab()).statusCode(200);
        access.decide(other, true, Level.COUNT, true);

        lookup(ana, page, other).body("pages[0]", not(hasKey("level"))).body("pages[1].level", is("count"));
    }

    @Test
    void whoIsUnlistedIsInNoRowUnlessTheyEdit() { // B1, A8
        access.allowHiding(Level.COUNT);
        var tab = newTab();
        zyx.join(page, tab, Map.of("isListed", false)).statusCode(200);
        lookup(ana, page).body("pages", empty());

        zyx.beat(page, tab, true, Map.of("isListed", false)).statusCode(200);

        await().until(() -> lookup(ana, page).extract().<List<?>>path("pages").size() == 1);
    }

    @Test
    void whoLooksAsAnUnlistedTabSeesNoMoreThanThat() { // B1, A8
        access.allowHiding(Level.COUNT);
        zyx.join(page, newTab()).statusCode(200);

        post(ana, Map.of("pages", List.of(page), "isListed", false)).body("pages[0].level", is("count"));
    }

    @Test
    void decisionsThatComeLaterAreAsGood() { // B1, A4
        zyx.join(page, newTab()).statusCode(200);
        access.askForAll();
        access.close(other);

        lookup(ana, page, other).statusCode(200).body("pages.pagePath", contains(page));
    }

    @Test
    void ifNobodyCanSayOfOnePageNothingIsToldOfAny() { // B1, A4
        access.leaveUndecided(other);

        var answer = Answer.of(lookup(ana, page, other));

        answer.isProblem(503, "unavailable");
        assertEquals("2", answer.header("Retry-After"));
    }

    private static ValidatableResponse lookup(Caller caller, String... pages) {
        return post(caller, Map.of("pages", List.of(pages)));
    }

    private static ValidatableResponse post(Caller caller, Object body) {
        return caller.post("lookup", body);
    }

    private static String etag(ValidatableResponse answer) {
        return answer.statusCode(200).extract().path("etag");
    }
}
