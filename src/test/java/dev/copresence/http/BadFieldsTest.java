package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.copresence.Incarnation;
import dev.copresence.InvalidValueException;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.UserId;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.RefusedException;
import dev.copresence.http.refusals.StrictJson;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotNull;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All bad fields of a request are told together, in the domain's own words, and a missing one reads the same everywhere. */
class BadFieldsTest {

    private static final Clock WALL = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    static final Validator VALIDATOR = Validation.byDefaultProvider()
            .configure()
            .clockProvider(() -> WALL)
            .buildValidatorFactory()
            .getValidator();

    private static final ObjectMapper MAPPER = mapper();
    private static final String MISSING = "must not be missing";
    private static final String TAB = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01";

    /** The bodies that have fields; those of a batch are its items'. */
    private static final List<Class<?>> BODIES =
            List.of(JoinBody.class, HeartbeatBody.class, LeaveBody.class, LeaseCommandBody.class, VerifyBody.class);

    private static final Map<String, Consumer<String>> DOMAIN =
            Map.of("pagePath", PagePath::new, "tabId", TabId::of, "section", Section::new, "userId", UserId::new);

    /** Texts that are good or bad, in which field they may stand in. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "docs",
            "/docs/a",
            "//",
            "/a?b",
            "/%2f",
            "/\u202Ea",
            "intro",
            "in tro",
            "{0} ${x} \\",
            "/{a}",
            "x".repeat(600),
            "/" + "x".repeat(2000),
            TAB,
            TAB.replace('-', '_'));

    private static final List<Double> NUMBERS = List.of(
            1.0,
            WALL.millis() + 86_400_000.0,
            WALL.millis() + 86_400_001.0,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY);

    static Stream<Class<?>> bodies() {
        return BODIES.stream();
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void allThatIsMissingIsTold(Class<?> type) {
        var expected = new TreeMap<String, String>();
        required(type).forEach(field -> expected.put(field, MISSING));

        assertEquals(expected, violations("{}", type));
        assertEquals(expected, itemViolations(JsonNodeFactory.instance.objectNode(), type));
    }

    @Test
    void aMissingFieldReadsTheSameInAQuery() {
        assertEquals(
                Map.of("pagePath", MISSING),
                told(assertThrows(RefusedException.class, () -> PageQuery.page(VALIDATOR, ""))));
        assertEquals(
                Map.of("pagePath", MISSING),
                told(assertThrows(RefusedException.class, () -> PageQuery.pages(VALIDATOR, ""))));
    }

    @Test
    void aBadFieldAndAMissingOneAreToldTogether() {
        var expected = Map.of("pagePath", "must be an absolute path: it starts with '/'", "tabId", MISSING);

        assertEquals(expected, violations("{\"pagePath\":\"docs\"}", LeaveBody.class));
        var refusal = refusal("{\"pagePath\":\"docs\"}", LeaveBody.class);
        assertEquals(
                "pagePath must be an absolute path: it starts with '/'; tabId must not be missing",
                refusal.problem().detail());
    }

    static Stream<Arguments> mistyped() {
        return Stream.of(
                arguments(
                        "{'pagePath':1,'tabId':'x'}",
                        Map.of("pagePath", "must be a string", "tabId", "must be a UUID of 36 characters")),
                arguments(
                        "{'tabId':[],'unloading':'yes','incarnation':1e99}",
                        Map.of(
                                "pagePath",
                                MISSING,
                                "tabId",
                                "must be a string",
                                "unloading",
                                "must be true or false",
                                "incarnation",
                                "must not be more than a day ahead of the time, in ms since 1970")));
    }

    @ParameterizedTest
    @MethodSource("mistyped")
    void aFieldOfAnotherTypeHidesNoOther(String json, Map<String, String> expected) {
        assertEquals(expected, violations(json.replace('\'', '"'), LeaveBody.class));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void whateverTheFieldsAreEachBadOneIsToldAsTheDomainSaysIt(Class<?> type) {
        var random = new Random(17);
        for (var i = 0; i < 500; i++) {
            var body = JsonNodeFactory.instance.objectNode();
            var expected = new TreeMap<String, String>();
            for (var component : type.getRecordComponents()) {
                fill(body, component.getName(), component.getType(), random, expected);
            }
            required(type).filter(field -> !body.has(field)).forEach(field -> expected.put(field, MISSING));

            assertEquals(expected, violations(body.toString(), type), body::toString);
            assertEquals(expected, itemViolations(body, type), body::toString);
        }
    }

    @Test
    void eachBadPageOfAStreamIsTold() {
        var refusal = assertThrows(
                RefusedException.class, () -> PageQuery.pages(VALIDATOR, "pagePath=a&pagePath=/b&pagePath=//"));

        assertEquals(
                List.of(
                        new Problem.Violation("pagePath", "must be an absolute path: it starts with '/'"),
                        new Problem.Violation("pagePath", "must not have an empty, '.' or '..' segment")),
                refusal.problem().violations());
    }

    private static void fill(
            ObjectNode body, String field, Class<?> type, Random random, Map<String, String> expected) {
        if (random.nextInt(3) == 0 || field.equals("known")) {
            return;
        }
        if (type == String.class) {
            var text = TEXTS.get(random.nextInt(TEXTS.size()));
            body.put(field, text);
            expect(field, expected, () -> DOMAIN.get(field).accept(text));
        } else if (type == Double.class) {
            var number = NUMBERS.get(random.nextInt(NUMBERS.size()));
            if (Double.isFinite(number)) {
                body.put(field, number);
                expect(field, expected, () -> Incarnation.of(number, WALL));
            }
        } else if (type == Boolean.class) {
            body.put(field, random.nextBoolean());
        } else {
            body.put(field, random.nextInt(100));
        }
    }

    private static void expect(String field, Map<String, String> expected, Runnable check) {
        try {
            check.run();
        } catch (InvalidValueException e) {
            expected.put(field, e.getMessage());
        }
    }

    /** The fields that the description of the API calls required. */
    private static Stream<String> required(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> field.isAnnotationPresent(NotNull.class))
                .map(java.lang.reflect.Field::getName);
    }

    private static Map<String, String> violations(String json, Class<?> type) {
        try {
            StrictJson.read(MAPPER, VALIDATOR, json.getBytes(StandardCharsets.UTF_8), type);
            return Map.of();
        } catch (RefusedException e) {
            return told(e);
        }
    }

    private static RefusedException refusal(String json, Class<?> type) {
        return assertThrows(
                RefusedException.class,
                () -> StrictJson.read(MAPPER, VALIDATOR, json.getBytes(StandardCharsets.UTF_8), type));
    }

    private static Map<String, String> itemViolations(ObjectNode item, Class<?> type) {
        try {
            StrictJson.read(MAPPER, VALIDATOR, item, type);
            return Map.of();
        } catch (RefusedException e) {
            return told(e);
        }
    }

    private static Map<String, String> told(RefusedException refusal) {
        return refusal.problem().violations().stream()
                .collect(Collectors.toMap(
                        Problem.Violation::field, Problem.Violation::message, (one, other) -> one, TreeMap::new));
    }

    private static ObjectMapper mapper() {
        var mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        return mapper;
    }
}
