package dev.copresence;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules I1 and I7: what others see of a user. */
class UserTest {

    private static final String SMILE = "\uD83D\uDE00";

    private static final UserId ANA = new UserId("5b0c6a3e");

    static Stream<Arguments> names() {
        return Stream.of(
                arguments("Ana", "Ana"),
                arguments("  Ana \t Smith\n", "Ana Smith"),
                arguments("\u3000Ana\u2003", "Ana"),
                arguments("\u00C1na " + SMILE, "\u00C1na " + SMILE),
                arguments("<b>Ana</b>", "<b>Ana</b>"),
                arguments("x".repeat(255), "x".repeat(255)),
                arguments("x".repeat(256), "x".repeat(256)),
                arguments("x".repeat(257), "x".repeat(256)),
                arguments("x".repeat(100_000), "x".repeat(256)),
                arguments(" " + "x".repeat(256) + " ", "x".repeat(256)),
                arguments("x".repeat(255) + " y", "x".repeat(255)),
                arguments("x".repeat(254) + SMILE, "x".repeat(254) + SMILE),
                arguments("x".repeat(255) + SMILE, "x".repeat(255)),
                arguments("x".repeat(256) + SMILE, "x".repeat(256)),
                arguments(SMILE.repeat(128), SMILE.repeat(128)),
                arguments(SMILE.repeat(129), SMILE.repeat(128)),
                arguments("x" + SMILE.repeat(128), "x" + SMILE.repeat(127)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameIsStrippedAndCutBetweenCharacters(String given, String shown) {
        var user = new User(ANA, given, null);

        assertEquals(shown, user.name());
        assertTrue(Text.isWellFormed(user.name()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n", "\u3000", "\u200B\u200B", "\u3164", "\u2800"})
    void aNameOfWhichNothingIsToBeSeenIsNone(String blank) { // I7
        var user = new User(ANA, blank, null);

        assertEquals("", user.name());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "Ana, ana7, Annie, Ana",
                "'', ana7, Annie, ana7",
                "\u200B, ana7, Annie, ana7",
                "\u3164, ' ', Annie, Annie",
                "\u2800, \u202E, \u2060, ''"
            })
    void whatIsNothingGivesWayToWhatStandsInForIt(String name, String username, String nickname, String shown) { // I7
        var user = stated(10, name, username, nickname);

        assertEquals(shown, user.name());
    }

    @Test
    void theNewerStatementCountsWhicheverComesFirst() { // I7
        var older = stated(10, "Ann Lee", "", "");
        var newer = stated(11, "Ann Miller", "", "");

        assertEquals("Ann Miller", older.with(newer).name());
        assertEquals("Ann Miller", newer.with(older).name());
    }

    @Test
    void whatAStatementLacksItTakesFromNobody() { // I7
        var full = User.stated(ANA, List.of("Ann Lee"), "https://a.example/1", Instant.ofEpochSecond(10));
        var bare = User.stated(ANA, List.of("\u200B"), null, Instant.ofEpochSecond(99));

        assertEquals(full, full.with(bare));
        assertEquals(full, bare.with(full));
    }

    @Test
    void nameAndPictureEachCountForThemselves() { // I7
        var named = User.stated(ANA, List.of("Ann Miller"), null, Instant.ofEpochSecond(20));
        var pictured = User.stated(ANA, List.of("Ann Lee"), "https://a.example/1", Instant.ofEpochSecond(10));

        assertEquals(new User(ANA, "Ann Miller", "https://a.example/1"), named.with(pictured));
        assertEquals(new User(ANA, "Ann Miller", "https://a.example/1"), pictured.with(named));
    }

    @Test
    void whatStandsInForANameDoesNotTakeItsPlaceHoweverNew() { // I7
        var named = stated(10, "Ann Lee", "ann", "");
        var unnamed = stated(99, "", "ann", "");

        assertEquals("Ann Lee", named.with(unnamed).name());
        assertEquals("Ann Lee", unnamed.with(named).name());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void inWhateverOrderStatementsComeTheSameIsShown(long draw) { // I7
        var random = new Random(draw);
        for (var round = 0; round < 500; round++) {
            var statements = Stream.generate(() -> User.stated(
                            ANA,
                            List.of(
                                    random.nextInt(3) == 0 ? "" : "Ann " + random.nextInt(3),
                                    "ann" + random.nextInt(2)),
                            random.nextInt(3) == 0 ? null : "https://a.example/" + random.nextInt(3),
                            Instant.ofEpochSecond(random.nextInt(3))))
                    .limit(5)
                    .collect(toCollection(ArrayList::new));
            var shown = statements.stream().reduce(User::with).orElseThrow();

            Collections.shuffle(statements, random);
            var again = statements.stream().reduce(User::with).orElseThrow();

            assertEquals(shown, again);
            assertEquals(shown.standing(), again.standing());
            statements.forEach(statement -> assertSame(shown, shown.with(statement)));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aCopyOfAUserIsThatUser(String given) {
        var user = new User(ANA, given, null);

        assertEquals(user, new User(user.id(), user.name(), user.avatar()));
    }

    @Test
    void whatIsNoPicturesAddressIsDropped() {
        assertNull(new User(ANA, "Ana", "javascript:alert(1)").avatar());
    }

    @Test
    void aPictureAddressOf2048CharactersIsTheLongest() {
        var longest = "https://example.org/" + "x".repeat(2028);

        assertEquals(longest, new User(ANA, "Ana", longest).avatar());
        assertNull(new User(ANA, "Ana", longest + "x").avatar());
        assertNull(new User(ANA, "Ana", longest.substring(1) + "\"").avatar(), "it is longer once it is escaped");
    }

    @Test
    void aUserWithoutPictureHasNone() {
        var user = new User(ANA, "Ana", null);

        assertNull(user.avatar());
    }

    @Test
    void whatOthersSeeMakesUsersEqual() {
        var user = new User(ANA, "Ana", "https://example.org/ana.png");

        assertEquals(user, new User(ANA, " Ana ", "https://example.org/ana.png"));
        assertEquals(new User(ANA, "Ana", null), new User(ANA, "Ana", "no picture"));
        assertNotEquals(user, new User(ANA, "Anna", "https://example.org/ana.png"));
        assertNotEquals(user, new User(ANA, "Ana", null));
        assertNotEquals(user, new User(new UserId("other"), "Ana", "https://example.org/ana.png"));
    }

    private static User stated(long issued, String... names) {
        return User.stated(ANA, List.of(names), null, Instant.ofEpochSecond(issued));
    }
}
