package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules P1 and P2: which spellings are one page, and what is refused. */
class PagePathTest {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** A spelling and the one form that all its equals have. */
    static Stream<Arguments> spellings() {
        return Stream.of(
                // the root and trailing slashes
                arguments("/", "/"),
                arguments("/a", "/a"),
                arguments("/a/", "/a"),
                arguments("/a/b/", "/a/b"),
                arguments("/docs/intro.html", "/docs/intro.html"),
                // case is kept
                arguments("/Docs/A", "/Docs/A"),
                // segments that only look like dots
                arguments("/...", "/..."),
                arguments("/.a", "/.a"),
                arguments("/..a/b..", "/..a/b.."),
                arguments("/.well-known/x", "/.well-known/x"),
                // unreserved characters stand unescaped
                arguments("/%61", "/a"),
                arguments("/%41%5A%61%7a%30%39", "/AZaz09"),
                arguments("/%2D%2E%5F%7E", "/-._~"),
                arguments("/%2d%2e%5f%7e", "/-._~"),
                arguments("/a%2Eb", "/a.b"),
                arguments("/%2E%2E%2E", "/..."),
                arguments("/-._~", "/-._~"),
                // sub-delims, ':' and '@' stay as they are spelled
                arguments("/!$&'()*+,;=:@", "/!$&'()*+,;=:@"),
                arguments("/%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40", "/%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40"),
                arguments("/%2a%2b%2c%3b%3d%3a", "/%2A%2B%2C%3B%3D%3A"),
                // what no path may hold raw is kept as an escape, in upper case
                arguments("/a%20b", "/a%20b"),
                arguments("/%22%3c%3e%5b%5d%5e%60%7b%7c%7d", "/%22%3C%3E%5B%5D%5E%60%7B%7C%7D"),
                arguments("/a%3fb", "/a%3Fb"),
                arguments("/a%23b", "/a%23b"),
                arguments("/a%3Ab", "/a%3Ab"),
                // a percent sign
                arguments("/%25", "/%25"),
                arguments("/100%25", "/100%25"),
                arguments("/100%25/b", "/100%25/b"),
                arguments("/%25%25", "/%25%25"),
                arguments("/%254", "/%254"),
                arguments("/%25g1", "/%25g1"),
                arguments("/%254g", "/%254g"),
                arguments("/%25/41", "/%25/41"),
                arguments("/%25%2041", "/%25%2041"),
                // text is UTF-8, escaped, in upper case
                arguments("/\u00E9", "/%C3%A9"),
                arguments("/%C3%A9", "/%C3%A9"),
                arguments("/%c3%a9", "/%C3%A9"),
                arguments("/%c3%A9/", "/%C3%A9"),
                arguments("/\u65E5\u672C/\u8A9E", "/%E6%97%A5%E6%9C%AC/%E8%AA%9E"),
                arguments("/\uD83D\uDE00", "/%F0%9F%98%80"),
                arguments("/%f0%9f%98%80", "/%F0%9F%98%80"),
                arguments("/\u2764\uFE0F", "/%E2%9D%A4%EF%B8%8F"),
                arguments("/\u00A0", "/%C2%A0"),
                // in NFC, however it is spelled
                arguments("/e\u0301", "/%C3%A9"),
                arguments("/e%CC%81", "/%C3%A9"),
                arguments("/%65%cc%81", "/%C3%A9"),
                arguments("/caf\u0065\u0301/", "/caf%C3%A9"),
                arguments("/a\u0323\u0307", "/%E1%BA%A1%CC%87"),
                arguments("/a\u0307\u0323", "/%E1%BA%A1%CC%87"),
                arguments("/\u1112\u1161\u11AB", "/%ED%95%9C"),
                arguments("/\uD55C", "/%ED%95%9C"),
                arguments("/\u0344", "/%CC%88%CC%81"),
                arguments("/\uD834\uDD5E", "/%F0%9D%85%97%F0%9D%85%A5"),
                arguments("/=\u0338", "/%E2%89%A0"),
                // characters whose NFC is another one, ASCII among them
                arguments("/\u212A", "/K"),
                arguments("/%E2%84%AA", "/K"),
                arguments("/\u037E", "/;"),
                arguments("/%CD%BE", "/;"),
                arguments("/\u1FEF", "/%60"),
                arguments("/%E1%BF%AF", "/%60"),
                arguments("/\u212B", "/%C3%85"),
                arguments("/\u2126", "/%CE%A9"),
                arguments("/\uF900", "/%E8%B1%88"),
                arguments("/\u2000", "/%E2%80%82"),
                // not NFKC: compatibility characters are themselves
                arguments("/\uFF0E\uFF0E", "/%EF%BC%8E%EF%BC%8E"),
                arguments("/\uFF0F", "/%EF%BC%8F"),
                arguments("/\uFF05\uFF14\uFF11", "/%EF%BC%85%EF%BC%94%EF%BC%91"),
                arguments("/\uFB01", "/%EF%AC%81"),
                // a combining mark does not melt into the escape before it
                arguments("/a%2C%CC%A7", "/a%2C%CC%A7"),
                arguments("/a%2C\u0327", "/a%2C%CC%A7"),
                arguments("/%3D\u0338", "/%3D%CC%B8"),
                arguments("/%3C%CC%B8", "/%3C%CC%B8"),
                arguments("/\u226E", "/%E2%89%AE"),
                arguments("/%25a\u0301", "/%25%C3%A1"),
                arguments("/%254a\u0301", "/%254%C3%A1"),
                arguments("/%254\u00E1", "/%254%C3%A1"),
                arguments("/%254%61%CC%81", "/%254%C3%A1"));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void everySpellingHasItsCanonicalForm(String spelling, String canonical) {
        var page = new PagePath(spelling);

        assertEquals(canonical, page.value());
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void aCanonicalFormIsItsOwn(String spelling, String canonical) {
        var page = new PagePath(canonical);

        assertEquals(new PagePath(spelling), page);
        assertEquals(canonical, page.toString());
    }

    static Stream<Arguments> strangers() {
        return Stream.of(
                arguments("/a", "/A"),
                arguments("/a", "/b"),
                arguments("/a,b", "/a%2Cb"),
                arguments("/a;b", "/a%3Bb"),
                arguments("/a=b", "/a%3Db"),
                arguments("/a&b", "/a%26b"),
                arguments("/a+b", "/a%2Bb"),
                arguments("/a+b", "/a%20b"),
                arguments("/a:b", "/a%3Ab"),
                arguments("/a@b", "/a%40b"),
                arguments("/a!", "/a%21"),
                arguments("/(a)", "/%28a%29"),
                arguments("/'", "/%27"),
                arguments("/*", "/%2A"),
                arguments("/$", "/%24"),
                arguments("/\u00E9", "/e"),
                arguments("/\uFB01", "/fi"),
                arguments("/\uFF41", "/a"),
                arguments("/\u0430", "/a"),
                arguments("/=\u0338", "/%3D\u0338"),
                arguments("/\u226E", "/%3C\u0338"));
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void pathsThatMeanDifferentThingsAreTwoPages(String one, String other) {
        var page = new PagePath(one);

        assertNotEquals(page, new PagePath(other));
    }

    /** What is no path of ours, and the key words of the reason that the caller is told. */
    static Stream<Arguments> refusals() {
        return Stream.of(
                // no absolute path
                arguments("", "absolute path"),
                arguments("a", "absolute path"),
                arguments("docs/a", "absolute path"),
                arguments("./a", "absolute path"),
                arguments(" /a", "absolute path"),
                arguments("\uFEFF/a", "absolute path"),
                arguments("\\a", "absolute path"),
                arguments("?a", "absolute path"),
                arguments("%2Fa", "absolute path"),
                arguments("https://example.org/a", "absolute path"),
                arguments("javascript:alert(1)", "absolute path"),
                arguments("*", "absolute path"),
                // segments
                arguments("//", "segment"),
                arguments("///", "segment"),
                arguments("//example.org/a", "segment"),
                arguments("/a//b", "segment"),
                arguments("/a//", "segment"),
                arguments("/.", "segment"),
                arguments("/..", "segment"),
                arguments("/./", "segment"),
                arguments("/../", "segment"),
                arguments("/a/./b", "segment"),
                arguments("/a/../b", "segment"),
                arguments("/a/..", "segment"),
                arguments("/%2e", "segment"),
                arguments("/%2E%2e", "segment"),
                arguments("/.%2E", "segment"),
                arguments("/a/%2e%2E/b", "segment"),
                // query and fragment
                arguments("/a?", "query"),
                arguments("/a?b=c", "query"),
                arguments("/a#", "fragment"),
                arguments("/a#b", "fragment"),
                arguments("/?", "query"),
                // characters that no path may hold
                arguments("/a b", "no path may hold, U+0020"),
                arguments("/ ", "no path may hold, U+0020"),
                arguments("/a\tb", "no path may hold, U+0009"),
                arguments("/a\n", "no path may hold, U+000A"),
                arguments("/a\r\nb", "no path may hold, U+000D"),
                arguments("/a\u0000", "no path may hold, U+0000"),
                arguments("/\u001F", "no path may hold, U+001F"),
                arguments("/\u007F", "no path may hold, U+007F"),
                arguments("/\u0080", "no path may hold, U+0080"),
                arguments("/\u009F", "no path may hold, U+009F"),
                arguments("/a\\b", "no path may hold, U+005C"),
                arguments("/a\"b", "no path may hold, U+0022"),
                arguments("/<a>", "no path may hold, U+003C"),
                arguments("/a>", "no path may hold, U+003E"),
                arguments("/a[1]", "no path may hold, U+005B"),
                arguments("/a]", "no path may hold, U+005D"),
                arguments("/a^b", "no path may hold, U+005E"),
                arguments("/`a`", "no path may hold, U+0060"),
                arguments("/{a}", "no path may hold, U+007B"),
                arguments("/a|b", "no path may hold, U+007C"),
                arguments("/a}", "no path may hold, U+007D"),
                arguments("/\uE000", "no path may hold, U+E000"),
                arguments("/\uE02C", "no path may hold, U+E02C"),
                arguments("/\uF8FF", "no path may hold, U+F8FF"),
                arguments("/%EE%80%AC", "no path may hold, U+E02C"),
                arguments("/\uFDD0", "no path may hold, U+FDD0"),
                arguments("/\uFDEF", "no path may hold, U+FDEF"),
                arguments("/\uFFF0", "no path may hold, U+FFF0"),
                arguments("/\uFFFD", "no path may hold, U+FFFD"),
                arguments("/\uFFFE", "no path may hold, U+FFFE"),
                arguments("/\uFFFF", "no path may hold, U+FFFF"),
                arguments("/\uD83F\uDFFE", "no path may hold, U+01FFFE"),
                arguments("/%F0%9F%BF%BE", "no path may hold, U+01FFFE"),
                arguments("/\uDB40\uDC01", "no path may hold, U+0E0001"),
                arguments("/%F3%A0%80%81", "no path may hold, U+0E0001"),
                arguments("/\uDB80\uDC00", "no path may hold, U+0F0000"),
                arguments("/\uDBFF\uDFFD", "no path may hold, U+10FFFD"),
                // half surrogate pairs
                arguments("/\uD800", "no path may hold, U+D800"),
                arguments("/\uDBFFa", "no path may hold, U+DBFF"),
                arguments("/a\uDC00", "no path may hold, U+DC00"),
                arguments("/\uDE00\uD83D", "no path may hold, U+DE00"),
                arguments("/\uD83D%F0", "no path may hold, U+D83D"),
                // escapes that hide something
                arguments("/a%2Fb", "escaped slash"),
                arguments("/a%2fb", "escaped slash"),
                arguments("/a%2F", "escaped slash"),
                arguments("/%5C", "backslash"),
                arguments("/a%5cb", "backslash"),
                arguments("/a%00", "escaped control"),
                arguments("/%0A", "escaped control"),
                arguments("/%0d%0a", "escaped control"),
                arguments("/%1f", "escaped control"),
                arguments("/%7F", "escaped control"),
                arguments("/%C2%80", "no path may hold, U+0080"),
                arguments("/%C2%85", "no path may hold, U+0085"),
                arguments("/%C2%9F", "no path may hold, U+009F"),
                // escapes of escapes
                arguments("/%2541", "another escape"),
                arguments("/%25%34%31", "another escape"),
                arguments("/%25%341", "another escape"),
                arguments("/%254%31", "another escape"),
                arguments("/%252F", "another escape"),
                arguments("/%252f", "another escape"),
                arguments("/%252e%252e", "another escape"),
                arguments("/%2500", "another escape"),
                arguments("/%25C3%25A9", "another escape"),
                arguments("/%2525", "another escape"),
                arguments("/a%25%32%35", "another escape"),
                arguments("/%252525", "another escape"),
                arguments("/%25%2541", "another escape"),
                arguments("/%25ff", "another escape"),
                arguments("/%25%66%66", "another escape"),
                // escapes that are none
                arguments("/%", "two hexadecimal digits"),
                arguments("/a%", "two hexadecimal digits"),
                arguments("/%4", "two hexadecimal digits"),
                arguments("/%zz", "two hexadecimal digits"),
                arguments("/%4g", "two hexadecimal digits"),
                arguments("/%g4", "two hexadecimal digits"),
                arguments("/%%41", "two hexadecimal digits"),
                arguments("/% 41", "two hexadecimal digits"),
                arguments("/%+1", "two hexadecimal digits"),
                arguments("/%-1", "two hexadecimal digits"),
                arguments("/%u0041", "two hexadecimal digits"),
                arguments("/%\uFF14\uFF11", "two hexadecimal digits"),
                arguments("/%C3%A", "two hexadecimal digits"),
                // escapes that are not UTF-8
                arguments("/%C3", "not UTF-8"),
                arguments("/%C3/a", "not UTF-8"),
                arguments("/%C3a%A9", "not UTF-8"),
                arguments("/%A9", "not UTF-8"),
                arguments("/%E9", "not UTF-8"),
                arguments("/%FF", "not UTF-8"),
                arguments("/%C0%AF", "not UTF-8"),
                arguments("/%C0%80", "not UTF-8"),
                arguments("/%E0%80%AF", "not UTF-8"),
                arguments("/%C1%81", "not UTF-8"),
                arguments("/%ED%A0%80", "not UTF-8"),
                arguments("/%ED%A0%BD%ED%B8%80", "not UTF-8"),
                arguments("/%F4%90%80%80", "not UTF-8"),
                arguments("/%F8%88%80%80%80", "not UTF-8"),
                arguments("/%F0%9F%98", "not UTF-8"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatIsNoPathIsRefusedWithTheReason(String spelling, String reason) {
        var refusal = assertThrows(InvalidValueException.class, () -> new PagePath(spelling));

        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B,
                0x202C, 0x202D, 0x202E, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206A, 0x206F, 0xFEFF
            })
    void whatNobodyCanSeeIsRefusedRawAndEscaped(int codePoint) {
        var character = Character.toString(codePoint);
        var reason = "invisible or text-direction character, U+" + String.format("%04X", codePoint);

        var raw = assertThrows(InvalidValueException.class, () -> new PagePath("/a" + character));
        var escaped = assertThrows(InvalidValueException.class, () -> new PagePath("/a" + escaped(character)));

        assertTrue(raw.getMessage().contains(reason), raw.getMessage());
        assertEquals(raw.getMessage(), escaped.getMessage());
    }

    @Test
    void everyCharacterBeyondAsciiIsTheSamePageOrRefusalRawAndEscaped() {
        for (var codePoint = 0x80; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint == Character.MIN_SURROGATE) {
                codePoint = Character.MAX_SURROGATE + 1;
            }
            if (codePoint > 0x3FFFF && (codePoint & 0xFFFF) > 0x1FFF && (codePoint & 0xFFFF) < 0xFF00) {
                continue; // planes without characters are looked at where their ranges begin and end
            }
            var character = Character.toString(codePoint);

            var raw = outcome("/" + character);
            var escaped = outcome("/" + escaped(character));

            assertEquals(
                    raw, escaped, () -> "of " + character.codePoints().boxed().toList());
        }
    }

    @Test
    void aPathOf1024BytesInCanonicalFormIsTheLongest() {
        var longest = "/" + "a".repeat(1023);

        assertEquals(longest, new PagePath(longest).value());
        assertRefused(longest + "a", "1024 bytes");
    }

    @Test
    void theLimitIsOfTheCanonicalFormAndNotOfTheSpelling() {
        var escaped = "/" + "%61".repeat(1023) + "/";

        assertEquals("/" + "a".repeat(1023), new PagePath(escaped).value());
        assertRefused("/" + "%61".repeat(1024), "1024 bytes");
    }

    @Test
    void aCharacterBeyondAsciiCountsAsItsEscapes() {
        var longest = "/abc" + "\u00E9".repeat(170);

        assertEquals(1024, new PagePath(longest).value().length());
        assertEquals(1024, new PagePath("/abc" + "e\u0301".repeat(170)).value().length());
        assertRefused("/a" + longest.substring(1), "1024 bytes");
        assertRefused("/" + "\u00E9".repeat(171), "1024 bytes");
    }

    @Test
    void aPathThatNormalisationMakesShorterIsMeasuredAfterwards() {
        var kelvins = "/" + "%E2%84%AA".repeat(1023);

        assertEquals("/" + "K".repeat(1023), new PagePath(kelvins).value());
    }

    @Test
    void aPathOf64SegmentsHasTheMost() {
        var most = "/a".repeat(64);

        assertEquals(most, new PagePath(most).value());
        assertEquals(most, new PagePath(most + "/").value());
        assertRefused(most + "/a", "64 segments");
    }

    @Test
    void aSpellingOfAnyLengthIsAnsweredAtOnce() {
        var marks = "/a" + "\u0315\u0316".repeat(100_000);
        var runs = "/" + "%61a".repeat(100_000);

        assertTimeout(Duration.ofSeconds(2), () -> {
            assertRefused(marks, "1024 bytes");
            assertRefused(runs, "1024 bytes");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"tr", "lt", "az"})
    void theDefaultLocaleChangesNothing(String language) {
        var before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(language));
        try {
            assertEquals("/I%C4%B0i%C4%B1%C3%AF", new PagePath("/%49\u0130%69\u0131%c3%af").value());
        } finally {
            Locale.setDefault(before);
        }
    }

    private static void assertRefused(String spelling, String reason) {
        var refusal = assertThrows(InvalidValueException.class, () -> new PagePath(spelling));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    private static String outcome(String spelling) {
        try {
            return new PagePath(spelling).value();
        } catch (InvalidValueException e) {
            return e.getMessage();
        }
    }

    private static String escaped(String text) {
        var escaped = new StringBuilder();
        for (var octet : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append("%").append(HEX.toHexDigits(octet));
        }
        return escaped.toString();
    }
}
