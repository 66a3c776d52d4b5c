package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule I1: what others see of a user. */
class UserTest {

    private static final String SMILE = "\uD83D\uDE00";

    private static final UserId ANA = new UserId("5b0c6a3e");

    static Stream<Arguments> names() {
        return Stream.of(
                arguments("Ana", "Ana"),
                arguments("  Ana Smith\n", "Ana Smith"),
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
    @ValueSource(strings = {"", " ", "\t\n", "\u3000"})
    void aBlankNameGivesWayToTheId(String blank) {
        var user = new User(ANA, blank, null);

        assertEquals("5b0c6a3e", user.name());
    }

    @ParameterizedTest
    @ValueSource(ints = {0xD83D, 0xDE00})
    void aNameWithHalfASurrogatePairGivesWayToTheId(int surrogate) {
        var user = new User(ANA, "Ana" + (char) surrogate, null);

        assertEquals("5b0c6a3e", user.name());
    }

    @ParameterizedTest
    @MethodSource("names")
    void aCopyOfAUserIsThatUser(String given) {
        var user = new User(ANA, given, null);

        assertEquals(user, new User(user.id(), user.name(), user.avatar()));
    }

    @Test
    void aCopyOfAUserWhoseIdStandsInForTheNameIsThatUser() {
        var user = new User(new UserId(" " + "x".repeat(255) + " y"), "", null);

        assertEquals(user, new User(user.id(), user.name(), user.avatar()));
    }

    @Test
    void anIdThatStandsInForANameIsCutAsOne() {
        var user = new User(new UserId("x".repeat(255) + SMILE + "y"), "", null);

        assertEquals("x".repeat(255), user.name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/ana.png",
                "https://example.org",
                "https://example.org:8443/a?size=64#x",
                "HTTPS://EXAMPLE.ORG/ana.png",
                "https://192.0.2.1/ana.png",
                "https://[2001:db8::1]/ana.png",
                "https://example.org/%C3%A9.png",
                "https://example.org/\u00E9.png"
            })
    void anAbsoluteHttpsUrlIsAPicture(String address) {
        var user = new User(ANA, "Ana", address);

        assertEquals(address, user.avatar());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ana.png",
                "/ana.png",
                "//example.org/ana.png",
                "http://example.org/ana.png",
                "ftp://example.org/ana.png",
                "data:image/png;base64,AAAA",
                "javascript:alert(1)",
                "blob:https://example.org/1",
                "https:",
                "https:ana.png",
                "https:/ana.png",
                "https://",
                "https:///ana.png",
                "https://:443/ana.png",
                "https://?a",
                "httpsx://example.org/a",
                " https://example.org/ana.png",
                "https://example.org/ana.png\n",
                "https://example.org/a b.png",
                "https://example.org/\"onerror=alert(1)",
                "https://example.org/<a>",
                "https://example.org\\a",
                "https://exa mple.org/",
                "https://example.org/%zz",
                "https://example.org/\uD83D"
            })
    void whatIsNoAbsoluteHttpsUrlIsNoPicture(String address) {
        var user = new User(ANA, "Ana", address);

        assertNull(user.avatar());
    }

    @Test
    void aPictureAddressOf2048CharactersIsTheLongest() {
        var longest = "https://example.org/" + "x".repeat(2028);

        assertEquals(longest, new User(ANA, "Ana", longest).avatar());
        assertNull(new User(ANA, "Ana", longest + "x").avatar());
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
}
