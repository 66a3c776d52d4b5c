package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.EditedSection;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Section;
import dev.copresence.TestConfig;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import dev.copresence.access.Level;
import dev.copresence.http.refusals.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows of a lookup (B1), byte by byte: whoever changes them changes what clients read. */
class RowFormTest {

    private static final PagePath PAGE = new PagePath("/tickets/7");
    private static final Section INTRO = new Section("intro");
    private static final Duration NEXT = Duration.ofSeconds(15);

    private final ObjectMapper mapper = mapper();
    private final RowEncoder encoder = new RowEncoder(mapper, TestConfig.defaults());

    private static ObjectMapper mapper() {
        var mapper = new ObjectMapper();
        new StrictJson().customize(mapper);
        return mapper;
    }

    /** Five viewers, of whom the fifth edits the page and the fourth a section. */
    private static PresenceSnapshot busy() {
        var viewers = IntStream.rangeClosed(1, 5).mapToObj(RowFormTest::viewer).toList();
        return new PresenceSnapshot(
                PAGE,
                viewers,
                new UserId("u-5"),
                new UserId("u-1"),
                List.of(new EditedSection(INTRO, new UserId("u-4"), null)),
                7,
                9);
    }

    private static Viewer viewer(int number) {
        var avatar = number == 5 ? "https://example.org/5.png" : null;
        var user = new User(new UserId("u-" + number), "User No" + number, avatar);
        return new Viewer(user, 1, number == 1, number == 4 ? INTRO : null, number == 4, 1795556475130000L + number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"""
        NAMES | {"pagePath":"/tickets/7","viewerCount":7,"editorUserId":"u-5","viewers":[\
        {"id":"u-5","name":"User No5","avatar":"https://example.org/5.png"},{"id":"u-4","name":"User No4"},\
        {"id":"u-1","name":"User No1"}]}""", """
        INITIALS | {"pagePath":"/tickets/7","level":"initials","viewerCount":7,"editorUserId":"hogz99ebv9","viewers":[\
        {"id":"hogz99ebv9","initials":"UN"},{"id":"hogz99ebv8","initials":"UN"},{"id":"hogz99ebv5","initials":"UN"}]}""", """
        COUNT | {"pagePath":"/tickets/7","level":"count","viewerCount":7,"isEdited":true}"""})
    void eachRowOfABusyPageHasTheseBytes(Level level, String bytes) { // B1, A7
        assertEquals(bytes, text(encoder.encode(busy(), level)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"""
        NAMES | {"pagePath":"/tickets/7","viewerCount":1,"viewers":[{"id":"u-1","name":"User No1"}]}""", """
        INITIALS | {"pagePath":"/tickets/7","level":"initials","viewerCount":1,"viewers":[\
        {"id":"hogz99ebv5","initials":"UN"}]}""", """
        COUNT | {"pagePath":"/tickets/7","level":"count","viewerCount":1}"""})
    void eachRowOfAPageWithAReaderHasTheseBytes(Level level, String bytes) { // B1, A7
        assertEquals(bytes, text(encoder.encode(read(1), level)));
    }

    private static PresenceSnapshot read(int tabs) {
        return new PresenceSnapshot(PAGE, List.of(viewer(1)), null, 1, tabs);
    }

    @ParameterizedTest
    @EnumSource(value = Level.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void anEditedSectionMakesARowEdited(Level level) throws Exception { // B1
        var section = List.of(new EditedSection(INTRO, new UserId("u-4"), null));
        var snapshot = new PresenceSnapshot(PAGE, List.of(viewer(1), viewer(4)), null, null, section, 2, 2);

        var row = mapper.readTree(encoder.encode(snapshot, level).bytes());

        assertEquals(true, row.get("isEdited").asBoolean());
        assertEquals(null, row.get("editorUserId"));
    }

    @Test
    void anAnswerHasTheseBytes() { // B1
        var row = text(encoder.encode(read(1), Level.COUNT));
        var answer = new LookupAnswer(
                List.of(encoder.encode(read(1), Level.COUNT), encoder.encode(busy(), Level.COUNT)),
                Map.of("/tickets/7/", "/tickets/7"));

        assertEquals(
                "{\"etag\":\"e\",\"pages\":[" + row + "," + text(encoder.encode(busy(), Level.COUNT))
                        + "],\"spellings\":{\"/tickets/7/\":\"/tickets/7\"},\"nextLookupMs\":15000}",
                new String(answer.bytes("e", NEXT, mapper), StandardCharsets.UTF_8));
    }

    @Test
    void anAnswerOfNobodyHasTheseBytes() { // B1
        var answer = new LookupAnswer(List.of(), Map.of());

        assertEquals(
                "{\"etag\":\"47DEQpj8HBSa-_TI\",\"pages\":[],\"nextLookupMs\":15000}",
                new String(answer.bytes(answer.etag(), NEXT, mapper), StandardCharsets.UTF_8));
        assertEquals(
                "{\"etag\":\"47DEQpj8HBSa-_TI\",\"nextLookupMs\":15000}",
                new String(LookupAnswer.unchanged(answer.etag(), NEXT), StandardCharsets.UTF_8));
    }

    @Test
    void theEtagIsThatOfTheRows() { // B1
        var one = new LookupAnswer(List.of(encoder.encode(read(1), Level.NAMES)), Map.of());
        var same = new LookupAnswer(
                List.of(new RowEncoder(mapper, TestConfig.defaults()).encode(read(2), Level.NAMES)),
                Map.of("/tickets/7/", "/tickets/7"));
        var other = new LookupAnswer(List.of(encoder.encode(busy(), Level.NAMES)), Map.of());

        assertEquals(one.etag(), same.etag(), "what a row does not show is no news");
        assertNotEquals(one.etag(), other.etag());
    }

    @ParameterizedTest
    @EnumSource(value = Level.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aRowIsMadeOnceForAllWhoSeeIt(Level level) { // B1, S4
        var snapshot = busy();

        assertSame(encoder.encode(snapshot, level), encoder.encode(snapshot, level));
    }

    private static String text(EncodedSnapshot row) {
        return new String(row.bytes(), StandardCharsets.UTF_8);
    }
}
