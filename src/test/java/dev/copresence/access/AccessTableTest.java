package dev.copresence.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.InvalidValueException;
import dev.copresence.ManualClock;
import dev.copresence.PagePath;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A1, A2: who may what on which page, as a table: src/test/resources/access/decisions.txt. */
class AccessTableTest {

    private static final Path TABLE = Path.of("src/test/resources/access/decisions.txt");

    /** The pages on which the application says less than yes to everything, by their last segment. */
    private static final Map<String, Set<Right>> SAID = Map.of(
            "closed", Set.of(),
            "read", Set.of(Right.VIEW, Right.NAMES, Right.COUNT),
            "count", Set.of(Right.VIEW, Right.COUNT),
            "count-edit", Set.of(Right.VIEW, Right.COUNT, Right.EDIT),
            "initials", Set.of(Right.VIEW, Right.INITIALS),
            "none", Set.of(Right.VIEW),
            "none-edit", Set.of(Right.VIEW, Right.EDIT));

    private static final Map<String, Caller> CALLERS = Stream.of(
                    caller("ana", Set.of(), Set.of("hr", "staff")),
                    caller("bob", Set.of(), Set.of()),
                    caller("hugo", Set.of("hr-author"), Set.of("hr")),
                    // Groups are no roles, nor the other way round.
                    caller("rolf", Set.of("hr-author", "guest", "hr"), Set.of("author")),
                    caller("zoe", Set.of("hr", "staff"), Set.of("hr-author", "HR")),
                    caller("auth", Set.of("author"), Set.of()),
                    caller("staff", Set.of(), Set.of("staff")),
                    named("mail", "m@x.example"),
                    named("odd", "e\u0301 *!"),
                    named("slash", "a/b"),
                    named("dots", ".."),
                    granted(caller("gina", Set.of(), Set.of())),
                    granted(caller("gast", Set.of(), Set.of("staff"))))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

    private static Map.Entry<String, Caller> caller(String id, Set<String> roles, Set<String> groups) {
        return Map.entry(id, new Caller(new User(new UserId(id), id, null), roles, groups));
    }

    private static Map.Entry<String, Caller> named(String name, String id) {
        return Map.entry(name, new Caller(new User(new UserId(id), name, null), Set.of(), Set.of()));
    }

    private static Map.Entry<String, Caller> granted(Map.Entry<String, Caller> plain) {
        var grant = new Grant(
                List.of(
                        new Grant.Entry("/board/9", Set.of(Right.VIEW, Right.COUNT)),
                        new Grant.Entry("/board/all/**", Set.of(Right.VIEW, Right.NAMES, Right.EDIT)),
                        new Grant.Entry("/board/blind", Set.of(Right.VIEW)),
                        new Grant.Entry("/board/unseen", Set.of(Right.NAMES, Right.EDIT)),
                        new Grant.Entry("/board/initials", Set.of(Right.VIEW, Right.INITIALS)),
                        new Grant.Entry("/board/split", Set.of(Right.VIEW, Right.EDIT)),
                        new Grant.Entry("/**/split", Set.of(Right.NAMES)),
                        // No rule there says grant.
                        new Grant.Entry("/hr/**", Set.of(Right.values())),
                        new Grant.Entry("/docs/**", Set.of(Right.values())),
                        new Grant.Entry("/closed", Set.of(Right.values())),
                        new Grant.Entry("/elsewhere", Set.of(Right.values()))),
                Instant.MAX);
        var caller = plain.getValue();
        return Map.entry(plain.getKey(), new Caller(caller.user(), caller.roles(), caller.groups(), grant));
    }

    /** Says what it says of a page, whoever asks, or nothing at all. */
    private static Uni<List<Boolean>> point(Caller caller, List<DecisionPoint.Evaluation> evaluations) {
        var page = evaluations.get(0).page().value();
        var last = page.substring(page.lastIndexOf('/') + 1);
        if (last.equals("down")) {
            return Uni.createFrom().failure(new IllegalStateException("It is down"));
        }
        var yes = SAID.getOrDefault(last, Set.of(Right.values()));
        return Uni.createFrom()
                .item(evaluations.stream()
                        .map(evaluation -> yes.contains(evaluation.right()))
                        .toList());
    }

    private final Access access = new Access(
            AccessSettings.of(rules()),
            AccessTableTest::point,
            new ManualClock(Instant.EPOCH),
            InstantSource.fixed(Instant.EPOCH),
            Duration.ZERO);

    static Map<String, String> rules() {
        var properties = new Properties();
        try (var file = AccessTableTest.class.getResourceAsStream("/access/rules.properties")) {
            properties.load(new InputStreamReader(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings =
                new HashMap<>(Map.of("pdp.url", "http://localhost", "grants.in-token-only", "true"));
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    record Row(String caller, String page, Question question, String answer) {

        static Row of(String line) {
            var cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
            return new Row(cells.get(0), cells.get(1), Question.valueOf(cells.get(2)), cells.get(3));
        }
    }

    static List<Row> rows() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .filter(line -> !line.startsWith("#"))
                .map(Row::of)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theTableIsKept(Row row) {
        var caller = CALLERS.get(row.caller());
        assertNotNull(caller, row.caller());

        assertEquals(row.answer(), decision(caller, row.page(), row.question()));
    }

    @Test
    void theTableIsLong() throws IOException {
        assertTrue(rows().size() >= 120, () -> "rows: " + CALLERS.keySet());
    }

    /** P1: every spelling of a page is that page, for the rules too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hr/pay/",
                "/h%72/pay",
                "/%68%72/pay",
                "/hr/%70%61%79",
                "/%68r/pay/",
                "/hr/p%61y",
                "/hr/",
                "/%68%72",
                "/legal/%78/drafts/1",
                "/legal/x/dr%61fts/",
                "/closed/",
                "/%63losed",
                "/clo%73ed"
            })
    void everySpellingOfAForbiddenPageIsForbidden(String spelling) {
        assertEquals("nothing", decision(CALLERS.get("bob"), spelling, Question.SEE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hr//pay",
                "/hr/./pay",
                "/docs/../hr/pay",
                "/docs/%2e%2e/hr/pay",
                "/hr%2Fpay",
                "/docs\\..\\hr",
                "/hr/pay%00",
                "/hr/pay?x",
                "/hr/pay#x",
                "/hr/pay;/..",
                "//hr/pay",
                "hr/pay"
            })
    void whatOnlyLooksLikeAnotherPageIsNoneThatBobMaySee(String spelling) {
        try {
            assertEquals("nothing", decision(CALLERS.get("bob"), spelling, Question.SEE));
        } catch (InvalidValueException refused) {
            assertNotNull(refused.getMessage());
        }
    }

    private String decision(Caller caller, String page, Question question) {
        try {
            var decision =
                    access.ask(caller, new PagePath(page), question).await().atMost(Duration.ofSeconds(10));
            if (!decision.view()) {
                assertEquals(Decision.NOTHING, decision);
                return "nothing";
            }
            return decision.level().name().toLowerCase(Locale.ROOT) + (decision.edit() ? " edit" : "");
        } catch (UndecidedException e) {
            return "undecided";
        }
    }
}
