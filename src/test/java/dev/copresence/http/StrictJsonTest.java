package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.Text;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.RefusedException;
import dev.copresence.http.refusals.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a body must be: section 2 of the contract. In the tables {@code '} stands for the quotes of JSON. */
class StrictJsonTest {

    private static final ObjectMapper MAPPER = mapper();

    private static final String TAB = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01";

    /** The fields that every heartbeat has, to be continued. */
    private static final String FIELDS = "'pagePath':'/a','tabId':'" + TAB + "','isEditing':true";

    private static final List<Class<?>> TYPES = List.of(
            HeartbeatBody.class,
            JoinBody.class,
            LeaveBody.class,
            BatchBody.class,
            LeaseCommandBody.class,
            VerifyBody.class);

    /** What mutations start from. */
    private static final List<String> TEXTS = List.of(
            "{" + FIELDS + ",'isVisible':false,'incarnation':1795467000123.4,'known':'o9fJ0y6mXlSxLZkV'}",
            "{'pagePath':'/docs/\\u00e9/\u65E5','tabId':'" + TAB + "','unloading':true,'incarnation':1}",
            "{'pagePath':'/a','fence':1795556475130001,'section':'intro','userId':'\\u00e9'}",
            "{'heartbeats':[{" + FIELDS + "},{" + FIELDS + ",'x':-1.5e3}],'leaves':[{'tabId':'\\u00e9'}]}",
            "{'x':[1,-2.5e10,null,true,{'y':'\\ud83d\\ude00\uD83D\uDE00'}]," + FIELDS + "}");

    /** What a mutation puts in. */
    private static final List<String> TROUBLE = List.of(
            "'",
            "\\",
            "\\u",
            "\\ud83d",
            "\\ude00",
            "\\u0000",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "true",
            "1e999",
            "NaN",
            "-",
            "0",
            "9".repeat(1100),
            "[".repeat(1100),
            "'x':",
            "'pagePath':",
            ",'a':1,'a':1",
            "\u0000",
            " ",
            "\uFEFF",
            "\uD83D\uDE00",
            "\u00E9",
            "//",
            "/*");

    @Test
    void aHeartbeatIsReadFieldByField() {
        var json = "{" + FIELDS + ",'section':'intro','isTyping':true,'isVisible':false,"
                + "'incarnation':1795467000123.4,'known':'o9fJ0y6mXlSxLZkV','receiptKnown':true}";

        var body = read(json, HeartbeatBody.class);

        assertEquals(
                new HeartbeatBody(
                        "/a", TAB, true, "intro", true, false, null, 1795467000123.4, "o9fJ0y6mXlSxLZkV", true),
                body);
    }

    @Test
    void aJoinIsReadFieldByField() {
        var json = "{" + FIELDS + ",'section':'intro','isTyping':false,'isVisible':true,'isListed':false,"
                + "'incarnation':1795467000123}";

        var body = read(json, JoinBody.class);

        assertEquals(new JoinBody("/a", TAB, true, "intro", false, true, false, 1795467000123.0), body);
    }

    @Test
    void aQuestionForALeaseIsReadFieldByField() {
        var json = "{'pagePath':'/a','fence':9007199254740991,'section':'intro','userId':'ana'}";

        var body = read(json, VerifyBody.class);

        assertEquals(new VerifyBody("/a", 9007199254740991L, "intro", "ana"), body);
    }

    @Test
    void aLeaveIsReadFieldByField() {
        var json = "{'pagePath':'/a','tabId':'" + TAB + "','unloading':true,'incarnation':1}";

        var body = read(json, LeaveBody.class);

        assertEquals(new LeaveBody("/a", TAB, true, 1.0), body);
    }

    @Test
    void whatIsOptionalMayBeAbsentOrNull() {
        var absent = read("{'pagePath':'/a','tabId':'" + TAB + "'}", JoinBody.class);

        var nulls = read(
                "{'pagePath':'/a','tabId':'" + TAB
                        + "','isEditing':null,'section':null,'isTyping':null,'isVisible':null," + "'incarnation':null}",
                JoinBody.class);

        assertEquals(new JoinBody("/a", TAB, null, null, null, null, null, null), absent);
        assertEquals(absent, nulls);
    }

    @Test
    void aMissingFieldIsLeftToValidation() {
        var body = read("{}", HeartbeatBody.class);

        assertNull(body.pagePath());
        assertNull(body.tabId());
        assertNull(body.isEditing());
    }

    static Stream<String> goodBodies() {
        return Stream.of(
                "{" + FIELDS + "}",
                " \t\r\n{ " + FIELDS + " }\n ",
                // unknown fields are ignored, whatever they hold
                "{" + FIELDS + ",'userId':'mallory'}",
                "{" + FIELDS + ",'user':{'id':'mallory','roles':['admin']}}",
                "{'x':[1,[2,{'y':null}]]," + FIELDS + "}",
                "{" + FIELDS + ",'x':1,'X':2}",
                "{" + FIELDS + ",'x':{'y':1},'z':{'y':1}}",
                "{" + FIELDS + ",'pagepath':1,'TabId':2}",
                "{" + FIELDS + ",'':0}",
                "{" + FIELDS + ",'x':1e999,'y':-0,'z':1e-999}",
                "{" + FIELDS + ",'x':" + "9".repeat(900) + "}",
                "{" + FIELDS + ",'x':" + "[".repeat(900) + "]".repeat(900) + "}",
                // escapes
                "{'page\\u0050ath':'\\/\\u0061','tabId':'" + TAB + "','isEditing':true}",
                "{" + FIELDS + ",'x':'\\ud83d\\ude00','\\uD83D\\uDE00':1}",
                "{" + FIELDS + ",'x':'\uD83D\uDE00'}",
                "{" + FIELDS + ",'x':'\\\\ud800'}",
                "{" + FIELDS + ",'\\\\ud800':'\\\\\\\\udc00'}",
                "{" + FIELDS + ",'x':'\\u0000\\u001f\\ufffe\\uffff'}");
    }

    @ParameterizedTest
    @MethodSource("goodBodies")
    void aBodyMayHoldMoreThanWeKnow(String json) {
        var body = read(json, HeartbeatBody.class);

        assertEquals(new HeartbeatBody("/a", TAB, true, null, null, null, null, null, null, null), body);
    }

    /** A body's type, its field, a value of a wrong type and what the field must be. */
    static Stream<Arguments> wrongTypes() {
        var noStrings = List.of("1", "0", "-1", "1.5", "1e3", "true", "false", "{}", "{'a':1}", "[]", "['/a']", "[[]]");
        var noBooleans =
                List.of("1", "0", "1.0", "'true'", "'false'", "'TRUE'", "''", "' '", "'1'", "{}", "[]", "[true]");
        var noNumbers = List.of("'1'", "'1.5'", "''", "' '", "'a'", "true", "false", "{}", "{'a':1}", "[]", "[1]");
        var noIntegers = Stream.concat(noNumbers.stream(), Stream.of("1.5", "1.0", "1e3", "-0.0", "9".repeat(20)))
                .toList();
        return Stream.of(HeartbeatBody.class, JoinBody.class, LeaveBody.class, LeaseCommandBody.class, VerifyBody.class)
                .flatMap(type -> Stream.of(type.getRecordComponents()).flatMap(field -> {
                    var wrong = Map.of(
                                    String.class, noStrings,
                                    Boolean.class, noBooleans,
                                    Double.class, noNumbers,
                                    Long.class, noIntegers)
                            .get(field.getType());
                    var message = Map.of(
                                    String.class, "must be a string",
                                    Boolean.class, "must be true or false",
                                    Double.class, "must be a number",
                                    Long.class, "must be a whole number")
                            .get(field.getType());
                    return wrong.stream().map(value -> arguments(type, field.getName(), value, message));
                }));
    }

    @ParameterizedTest
    @MethodSource("wrongTypes")
    void aWrongTypeIsRefusedByTheNameOnTheWire(Class<?> type, String field, String value, String message) {
        var refusal = assertRefused("{'" + field + "':" + value + "}", type);

        assertEquals(
                List.of(new Problem.Violation(field, message)),
                refusal.problem().violations());
        assertEquals(field + " " + message, refusal.problem().detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{}]", "'a'", "''", "' '", "1", "0", "-1.5", "true", "false"})
    void aBodyThatIsNoObjectIsRefused(String json) {
        var refusal = assertRefused(json, HeartbeatBody.class);

        assertEquals("The body must be an object.", refusal.problem().detail());
        assertEquals(List.of(), refusal.problem().violations());
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("", "empty"),
                arguments(" ", "must be an object"),
                arguments("\r\n\t ", "must be an object"),
                arguments("null", "null"),
                arguments(" null ", "null"),
                arguments("null null", ""),
                // not JSON
                arguments("{", "not JSON"),
                arguments("}", "not JSON"),
                arguments("[", ""),
                arguments("{" + FIELDS, "not JSON"),
                arguments("{" + FIELDS + ",", "not JSON"),
                arguments("{" + FIELDS + ",}", "not JSON"),
                arguments("{,}", "not JSON"),
                arguments("{'a'}", "not JSON"),
                arguments("{'a':}", "not JSON"),
                arguments("{'a' 1}", "not JSON"),
                arguments("{a:1}", "not JSON"),
                arguments("{'a':1 'b':2}", "not JSON"),
                arguments("{'a':[1,]}", "not JSON"),
                arguments("{'a':[,1]}", "not JSON"),
                arguments("{'a':[1}", "not JSON"),
                arguments("{'a':1]", "not JSON"),
                arguments("{`a`:1}", "not JSON"),
                arguments("{'a':1}//", "not JSON"),
                arguments("/**/{'a':1}", "not JSON"),
                arguments("#\n{'a':1}", "not JSON"),
                arguments("pagePath=/a&tabId=" + TAB, "not JSON"),
                arguments("<a/>", "not JSON"),
                arguments("tru", "not JSON"),
                arguments("nul", "not JSON"),
                arguments("True", "not JSON"),
                arguments("undefined", "not JSON"),
                arguments("'", "not JSON"),
                arguments("{'a':'", "not JSON"),
                arguments("{'a':'\t'}", "not JSON"),
                arguments("{'a':'\n'}", "not JSON"),
                arguments("{'a':'\u0000'}", "not JSON"),
                arguments("{'a':'\\x41'}", "not JSON"),
                arguments("{'a':'\\'}", "not JSON"),
                arguments("{'a':'\\u12'}", "not JSON"),
                arguments("{'a':'\\u12g4'}", "not JSON"),
                arguments("{'a':'\\U0041'}", "not JSON"),
                arguments("\u0000", "not JSON"),
                arguments("{" + FIELDS + "}\u0000", "not JSON"),
                arguments("\u00A0{" + FIELDS + "}", "not JSON"),
                arguments("\uFEFF{" + FIELDS + "}", "not JSON"),
                arguments("\uFEFF", "not JSON"),
                arguments("{'a':\uD83D\uDE00}", "not JSON"),
                arguments("\uD83D\uDE00", "not JSON"),
                arguments("{" + FIELDS + "}\uD83D\uDE00", "not JSON"),
                // numbers
                arguments("{'incarnation':NaN}", "not JSON"),
                arguments("{'incarnation':Infinity}", "not JSON"),
                arguments("{'incarnation':-Infinity}", "not JSON"),
                arguments("{'x':NaN}", "not JSON"),
                arguments("{'x':-INF}", "not JSON"),
                arguments("{'x':+1}", "not JSON"),
                arguments("{'x':01}", "not JSON"),
                arguments("{'x':-}", "not JSON"),
                arguments("{'x':.5}", "not JSON"),
                arguments("{'x':1.}", "not JSON"),
                arguments("{'x':1e}", "not JSON"),
                arguments("{'x':0x10}", "not JSON"),
                arguments("{'x':1_000}", "not JSON"),
                arguments("{'x':1d}", "not JSON"),
                arguments("{'incarnation':" + "9".repeat(10_000) + "}", ""),
                // more than one value
                arguments("{" + FIELDS + "}{}", ""),
                arguments("{" + FIELDS + "} {" + FIELDS + "}", ""),
                arguments("{" + FIELDS + "}\nnull", ""),
                arguments("{" + FIELDS + "} 1", ""),
                arguments("{" + FIELDS + "},", "not JSON"),
                arguments("{" + FIELDS + "}]", "not JSON"),
                arguments("{" + FIELDS + "}}", "not JSON"),
                arguments("{" + FIELDS + "} x", "not JSON"),
                // a name that comes twice
                arguments("{" + FIELDS + ",'pagePath':'/b'}", "uplicate"),
                arguments("{" + FIELDS + ",'pagePath':'/a'}", "uplicate"),
                arguments("{" + FIELDS + ",'isEditing':true}", "uplicate"),
                arguments("{'incarnation':null,'incarnation':1}", "uplicate"),
                arguments("{" + FIELDS + ",'page\\u0050ath':'/b'}", "uplicate"),
                arguments("{" + FIELDS + ",'x':1,'x':1}", "uplicate"),
                arguments("{'x':{'y':1,'y':1}," + FIELDS + "}", "uplicate"),
                arguments("{'x':[{'y':1,'y':1}]," + FIELDS + "}", "uplicate"),
                arguments("{'x':1,'y':{},'x':2}", "uplicate"),
                arguments("{'':1,'':2}", "uplicate"),
                arguments("{'\\ud83d':1,'\\ud83d':2}", ""),
                // half surrogate pairs
                arguments("{'pagePath':'/\\ud800'}", "half a surrogate pair"),
                arguments("{'pagePath':'/\\udc00\\ud800'}", "half a surrogate pair"),
                arguments("{'known':'\\uDBFF'}", "half a surrogate pair"),
                arguments("{'known':'\\uD83D\\u0041'}", "half a surrogate pair"),
                arguments("{'known':'\\uD83D\uD83D\uDE00'}", "half a surrogate pair"),
                arguments("{" + FIELDS + ",'x':'\\udfff'}", "half a surrogate pair"),
                arguments("{" + FIELDS + ",'x':['a',{'y':'\\ud800'}]}", "half a surrogate pair"),
                arguments("{" + FIELDS + ",'\\ud800':1}", "half a surrogate pair"),
                arguments("{" + FIELDS + ",'x':{'a\\udc00':1}}", "half a surrogate pair"),
                arguments("{" + FIELDS + ",'x':'\\\\\\ud800'}", "half a surrogate pair"),
                // depth
                arguments("{'x':" + "[".repeat(30_000), ""),
                arguments("{'x':" + "[".repeat(30_000) + "]".repeat(30_000) + "}", ""),
                arguments("{'x':".repeat(10_000) + "1" + "}".repeat(10_000), ""),
                arguments("[".repeat(60_000), ""));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatIsNotOneJsonObjectIsRefused(String json, String reason) {
        var refusal = assertRefused(json, HeartbeatBody.class);

        assertTrue(
                refusal.problem().detail().contains(reason), refusal.problem().detail());
        assertEquals(List.of(), refusal.problem().violations());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "true", "'a'", "''", "' '", "{}", "{'0':{}}"})
    void itemsThatAreNoArrayAreRefused(String items) {
        var heartbeats = assertRefused("{'heartbeats':" + items + "}", BatchBody.class);
        var leaves = assertRefused("{'leaves':" + items + "}", BatchBody.class);

        assertEquals(
                List.of(new Problem.Violation("heartbeats", "must be an array")),
                heartbeats.problem().violations());
        assertEquals(
                List.of(new Problem.Violation("leaves", "must be an array")),
                leaves.problem().violations());
    }

    @Test
    void aBadItemOfABatchSpoilsNoOther() {
        var batch = read("{'heartbeats':[{'tabId':1},null,{" + FIELDS + "}],'x':[1]}", BatchBody.class);

        var good = StrictJson.read(MAPPER, batch.heartbeatItems().get(2), HeartbeatBody.class);

        assertEquals(new HeartbeatBody("/a", TAB, true, null, null, null, null, null, null, null), good);
        assertEquals(3, batch.heartbeatItems().size());
        assertEquals(List.of(), batch.leaveItems());
    }

    @ParameterizedTest
    @MethodSource("wrongTypes")
    void aWrongTypeInAnItemIsRefusedByTheNameOnTheWire(Class<?> type, String field, String value, String message) {
        var batch = read("{'heartbeats':[{'" + field + "':" + value + "}]}", BatchBody.class);
        var item = batch.heartbeatItems().get(0);

        var refusal = assertThrows(RefusedException.class, () -> StrictJson.read(MAPPER, item, type));

        assertEquals(
                List.of(new Problem.Violation(field, message)),
                refusal.problem().violations());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "'a'", "''", "true", "[]", "[{}]"})
    void anItemThatIsNoObjectIsRefused(String item) {
        var batch = read("{'leaves':[" + item + "]}", BatchBody.class);
        var leave = batch.leaveItems().get(0);

        var refusal = assertThrows(RefusedException.class, () -> StrictJson.read(MAPPER, leave, LeaveBody.class));

        assertEquals(400, refusal.problem().status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'x':1,'x':2}]",
                "[{'tabId':'a','tabId':'a'}]",
                "[{'known':'\\ud800'}]",
                "[{'\\udc00':1}]",
                "[{}] []",
                "[{},]",
                "[NaN]",
                "[{'x':01}]"
            })
    void aBatchIsAsStrictAsOneHeartbeat(String items) {
        assertRefused("{'heartbeats':" + items + "}", BatchBody.class);
    }

    /** Bytes within the string {@code "a_b"} that are no UTF-8. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "BF",
                "C3",
                "C3 28",
                "E2 82",
                "E2 28 A1",
                "F0 9F 98",
                "F0 28 8C BC", // truncated, out of place
                "C0 AF",
                "C1 81",
                "E0 80 AF",
                "F0 80 80 AF",
                "C0 80", // overlong
                "ED A0 80",
                "ED B0 80",
                "ED A0 BD ED B8 80", // surrogates
                "F4 90 80 80",
                "F5 80 80 80",
                "F8 88 80 80 80",
                "FC 84 80 80 80 80",
                "FE",
                "FF", // beyond Unicode
                "E9",
                "FC",
                "A0" // Latin-1
            })
    void bytesThatAreNotUtf8AreRefusedWhereverTheyStand(String hex) {
        var bytes = HexFormat.ofDelimiter(" ").parseHex(hex);

        var inKnown = assertRefused(around("{'pagePath':'/a", bytes, "b'}"), HeartbeatBody.class);
        var inUnknown = assertRefused(around("{'x':'a", bytes, "b'}"), HeartbeatBody.class);
        var inName = assertRefused(around("{'a", bytes, "b':1}"), HeartbeatBody.class);
        var atEnd = assertRefused(around("{" + FIELDS + "}", bytes, ""), HeartbeatBody.class);

        for (var refusal : List.of(inKnown, inUnknown, inName, atEnd)) {
            assertEquals("The body is not UTF-8.", refusal.problem().detail());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE"})
    void otherEncodingsOfUnicodeAreRefused(String charset) {
        var body = json("{" + FIELDS + "}").getBytes(Charset.forName(charset));

        assertRefused(body, HeartbeatBody.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "1e99999", "'NaN'", "'Infinity'", "'-INF'"})
    void aNumberThatIsNotFiniteIsRefusedByItsName(String number) {
        var json = "{" + FIELDS + ",'incarnation':" + number + "}";

        var refusal = assertThrows(
                RefusedException.class,
                () -> StrictJson.read(MAPPER, BadFieldsTest.VALIDATOR, utf8(json), HeartbeatBody.class));

        assertEquals("incarnation", refusal.problem().violations().get(0).field());
    }

    @Test
    void absentIsWrittenAsAbsent() throws JsonProcessingException {
        var json = MAPPER.writeValueAsString(new JoinBody("/a", TAB, null, null, null, null, null, null));

        assertEquals(json("{'pagePath':'/a','tabId':'" + TAB + "'}"), json);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyBytesAreReadOrRefused(long draw) throws JsonProcessingException {
        var random = new Random(draw);
        var accepted = 0;
        for (var i = 0; i < 1_500; i++) {
            var body = mutated(random);

            accepted += isReadOrRefused(body) ? 1 : 0;
        }
        assertTrue(accepted > 400 && accepted < 3_600, "both outcomes are met, not " + accepted);
    }

    private static byte[] mutated(Random random) {
        var body = utf8(TEXTS.get(random.nextInt(TEXTS.size())));
        for (var changes = random.nextInt(5); changes > 0; changes--) {
            var at = random.nextInt(body.length + 1);
            var end = Math.min(body.length, at + random.nextInt(4));
            body = switch (random.nextInt(5)) {
                case 0 -> spliced(body, at, end, new byte[0]);
                case 1 -> spliced(body, at, at, utf8(TROUBLE.get(random.nextInt(TROUBLE.size()))));
                case 2 -> spliced(body, at, end, utf8(TROUBLE.get(random.nextInt(TROUBLE.size()))));
                case 3 -> spliced(body, at, Math.min(body.length, at + 1), new byte[] {(byte) random.nextInt(256)});
                default -> random.nextInt(4) == 0 ? spliced(body, at, body.length, new byte[0]) : body;
            };
        }
        return body;
    }

    private static boolean isReadOrRefused(byte[] body) throws JsonProcessingException {
        var accepted = true;
        for (var type : TYPES) {
            try {
                var value = StrictJson.read(MAPPER, body, type);
                assertTrue(Text.isWellFormed(value.toString()), () -> show(body));
            } catch (RefusedException e) {
                assertFitForTheCaller(e, () -> show(body));
                accepted = false;
            } catch (RuntimeException | StackOverflowError e) {
                fail(show(body), e);
            }
        }
        return accepted;
    }

    /** A refusal is for the caller's mistake and can itself be sent. */
    private static void assertFitForTheCaller(RefusedException refusal, Supplier<String> of)
            throws JsonProcessingException {
        assertEquals(400, refusal.problem().status(), of);
        assertTrue(Text.isWellFormed(refusal.problem().detail()), of);
        assertTrue(refusal.problem().detail().length() < 1_000, of);
        assertTrue(MAPPER.writeValueAsBytes(refusal.problem()).length > 0, of);
    }

    private static RefusedException assertRefused(String json, Class<?> type) {
        return assertRefused(utf8(json), type);
    }

    private static RefusedException assertRefused(byte[] body, Class<?> type) {
        var refusal = assertThrows(RefusedException.class, () -> StrictJson.read(MAPPER, body, type));
        try {
            assertFitForTheCaller(refusal, () -> show(body));
        } catch (JsonProcessingException e) {
            fail(show(body), e);
        }
        return refusal;
    }

    private static <T> T read(String json, Class<T> type) {
        return StrictJson.read(MAPPER, utf8(json), type);
    }

    private static ObjectMapper mapper() {
        var mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        return mapper;
    }

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }

    private static byte[] utf8(String withSingleQuotes) {
        return json(withSingleQuotes).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] around(String before, byte[] bytes, String after) {
        var head = utf8(before);
        return spliced(spliced(head, head.length, head.length, utf8(after)), head.length, head.length, bytes);
    }

    private static byte[] spliced(byte[] body, int from, int to, byte[] part) {
        var spliced = new ByteArrayOutputStream();
        spliced.write(body, 0, from);
        spliced.writeBytes(part);
        spliced.write(body, to, body.length - to);
        return spliced.toByteArray();
    }

    /** The body with everything but ASCII as {@code \}{@code xNN}. */
    private static String show(byte[] body) {
        var shown = new StringBuilder();
        for (var octet : body) {
            shown.append(octet < 0x20 || octet == 0x7F ? String.format("\\x%02X", octet) : (char) octet);
        }
        return shown.toString();
    }
}
