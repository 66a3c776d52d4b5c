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
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules P1, P2 and P3: which spellings are one page, and what is refused. */
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
                // a percent sign that begins no escape, which a browser leaves as it is
                arguments("/%", "/%25"),
                arguments("/%/", "/%25"),
                arguments("/wiki/100%", "/wiki/100%25"),
                arguments("/100%/b", "/100%25/b"),
                arguments("/%4", "/%254"),
                arguments("/%zz", "/%25zz"),
                arguments("/%4g", "/%254g"),
                arguments("/%g4", "/%25g4"),
                arguments("/%%", "/%25%25"),
                arguments("/%%41", "/%25A"),
                arguments("/%%20", "/%25%20"),
                arguments("/%+1", "/%25+1"),
                arguments("/%-1", "/%25-1"),
                arguments("/%u0041", "/%25u0041"),
                arguments("/%\uFF14\uFF11", "/%25%EF%BC%94%EF%BC%91"),
                arguments("/%\u00E9", "/%25%C3%A9"),
                arguments("/%4\u00E1", "/%254%C3%A1"),
                arguments("/%%CC%A7", "/%25%CC%A7"),
                // what a browser leaves in a path although no path may hold it
                arguments("/app/[slug]/page.tsx", "/app/%5Bslug%5D/page.tsx"),
                arguments("/app/%5bslug%5D/page.tsx", "/app/%5Bslug%5D/page.tsx"),
                arguments("/[...all]", "/%5B...all%5D"),
                arguments("/[[id]]", "/%5B%5Bid%5D%5D"),
                arguments("/a|b^c", "/a%7Cb%5Ec"),
                arguments("/[\u0338", "/%5B%CC%B8"),
                // text is UTF-8, escaped, in upper case
                arguments("/\u00E9", "/%C3%A9"),
                arguments("/%C3%A9", "/%C3%A9"),
                arguments("/%c3%a9", "/%C3%A9"),
                arguments("/%c3%A9/", "/%C3%A9"),
                arguments("/\u65E5\u672C/\u8A9E", "/%E6%97%A5%E6%9C%AC/%E8%AA%9E"),
                arguments("/\uD83D\uDE00", "/%F0%9F%98%80"),
                arguments("/%f0%9f%98%80", "/%F0%9F%98%80"),
                arguments("/\u2764\uFE0F", "/%E2%9D%A4%EF%B8%8F"),
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

    /** Text that is spelled with characters that nobody sees by themselves. */
    static Stream<String> spelledWithInvisibleCharacters() {
        return Stream.of(
                // Persian: they want; books; a joiner behind a letter that joins to none, as many write; ten years old
                "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0646\u062F",
                "\u06A9\u062A\u0627\u0628\u200C\u0647\u0627",
                "\u06A9\u0627\u0631\u0628\u0631\u200C\u0647\u0627",
                "\u06F1\u06F0\u200C\u0633\u0627\u0644\u0647",
                "\u062D\u062A\u0645\u0627\u064B\u200C\u0647\u0627",
                "\u0646\u0627\u0645\u0647\u200C\u0647\u0627\u06CC\u200C\u0645\u0627",
                // Malayalam: he, in the spelling of before Unicode 5.1, whose joiner ends the word
                "\u0D05\u0D35\u0D28\u0D4D\u200D",
                "\u0D05\u0D35\u0D28\u0D4D\u200D/a",
                "\u0D28\u0D4D\u200D\u0D2E",
                // Sinhala: Sri
                "\u0DC1\u0DCA\u200D\u0DBB\u0DD3",
                // Bengali: RAB, whose joiner stands before the virama
                "\u09B0\u200D\u09CD\u09AF\u09BE\u09AC",
                // Hindi, Marathi, Kannada, Gujarati, Tamil, Telugu, Khmer, Myanmar
                "\u0915\u094D\u200C\u0937",
                "\u0915\u094D\u200C",
                "\u0930\u094D\u200D\u092F",
                "\u0CB0\u200D\u0CCD\u0CAF",
                "\u0A95\u0ACD\u200D\u0AB7",
                "\u0B95\u0BCD\u200C\u0BB7",
                "\u0C15\u0C4D\u200C\u0C37",
                "\u1794\u17CA\u200C\u17B8",
                "\u1000\u1039\u200C\u1001",
                // Syriac, N'Ko, Adlam
                "\u0710\u200C\u0712",
                "\u07DE\u200D\u07DE",
                "\uD83A\uDD00\u200C\uD83A\uDD01",
                // emoji: a heart, a family, a rainbow flag, a detective of some colour, a couple, an arrow behind a
                // walker
                "\u2764\uFE0F",
                "\u2764\uFE0E",
                "\u00A9\uFE0F",
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
                "\uD83C\uDFF3\uFE0F\u200D\uD83C\uDF08",
                "\uD83D\uDD75\uD83C\uDFFB\u200D\u2642\uFE0F",
                "\uD83D\uDC69\u200D\u2764\uFE0F\u200D\uD83D\uDC8B\u200D\uD83D\uDC68",
                "\uD83D\uDEB6\u200D\u27A1\uFE0F",
                // keycaps, and the flags of Scotland and of pirates
                "1\uFE0F\u20E3",
                "*\uFE0F\u20E3",
                "\uD83C\uDFF4" + tags("gbsct"),
                "a" + "\uD83C\uDFF4" + tags("gbeng") + "b\uD83C\uDFF4" + tags("gbwls"),
                "\uD83C\uDFF4\u200D\u2620\uFE0F");
    }

    @ParameterizedTest
    @MethodSource("spelledWithInvisibleCharacters")
    void whatIsSpelledWithInvisibleCharactersIsAPage(String text) {
        var canonical = "/" + escapedBeyondAscii(text);

        assertEquals(canonical, new PagePath("/" + text).value());
        assertEquals(
                canonical,
                new PagePath("/" + escaped(text).replace("%2F", "/")).value().replace("%2A", "*"));
        assertEquals(canonical, new PagePath(canonical).value());
    }

    @Test
    void aKeycapOfANumberSignIsAPage() {
        var page = new PagePath("/%23%EF%B8%8F%E2%83%A3");

        assertEquals("/%23%EF%B8%8F%E2%83%A3", page.value());
    }

    /** Text that looks as if the invisible character were not there. */
    static Stream<Arguments> spelledWithout() {
        return Stream.of(
                // joiners that begin or end something, or stand beside what joins to nothing
                arguments("\u200C\u0645", "U+200C"),
                arguments("\u0645\u200C", "U+200C"),
                arguments("\u0645\u200C/\u0645", "U+200C"),
                arguments("\u0645\u200C-\u0645", "U+200C"),
                arguments("\u0645\u200C%20\u0645", "U+200C"),
                arguments("\u0645\u200C\u200C\u0645", "U+200C"),
                arguments("\u0645\u200D\u200C\u0645", "U+200D"),
                arguments("\u0645\u200Ca", "U+200C"),
                arguments("a\u200C\u0645", "U+200C"),
                arguments("a\u200Cb", "U+200C"),
                arguments("a\u200Db", "U+200D"),
                arguments("\u00E9\u200D\u00E9", "U+200D"),
                arguments("\u0430\u200D\u0431", "U+200D"),
                arguments("\u65E5\u200D\u672C", "U+200D"),
                arguments("1\u200D2", "U+200D"),
                arguments("a\u0301\u200Db", "U+200D"),
                arguments("\u0915\u200D\u0645", "U+200D"),
                arguments("\u060C\u200C\u0645", "U+200C"),
                arguments("\u0915\u094D\u200D\u200D", "U+200D"),
                // emoji
                arguments("\uD83D\uDC68\u200C\uD83D\uDC69", "U+200C"),
                arguments("\uD83D\uDC68\u200D", "U+200D"),
                arguments("\u200D\uD83D\uDC68", "U+200D"),
                arguments("a\u200D\uD83D\uDC68", "U+200D"),
                arguments("\uD83D\uDC68\u200Da", "U+200D"),
                arguments("\uFE0F", "U+FE0F"),
                arguments("a\uFE0F", "U+FE0F"),
                arguments("1\uFE0F", "U+FE0F"),
                arguments("a\uFE0F\u20E3", "U+FE0F"),
                arguments("%2C\uFE0F\u20E3", "U+FE0F"),
                arguments("\u65E5\uFE0F", "U+FE0F"),
                arguments("\u2764\uFE0F\uFE0F", "U+FE0F"),
                arguments("\uD83C\uDFFB\u200D\u2642", "U+200D"),
                // tags
                arguments(tags("gbsct"), "U+0E0067"),
                arguments("\uD83D\uDC68" + tags("gbsct"), "U+0E0067"),
                arguments("\uD83C\uDFF4" + tags("gbxyz"), "U+0E0067"),
                arguments("\uD83C\uDFF4" + tags("gbsct") + tags("gbsct"), "U+0E0067"),
                arguments("\uD83C\uDFF4" + tags("gbsct").substring(0, 10), "U+0E0067"));
    }

    @ParameterizedTest
    @MethodSource("spelledWithout")
    void whatIsInvisibleAndNoSpellingIsRefused(String text, String character) {
        assertRefused("/" + text, "invisible or text-direction character, " + character);
        assertEquals(outcome("/" + text), outcome("/" + escapedBeyondAscii(text)));
    }

    private static String tags(String region) {
        return region.chars().mapToObj(c -> Character.toString(0xE0000 + c)).collect(Collectors.joining())
                + Character.toString(0xE007F);
    }

    private static String escapedBeyondAscii(String text) {
        return text.codePoints()
                .mapToObj(Character::toString)
                .map(c -> c.charAt(0) < 0x80 ? c : escaped(c))
                .collect(Collectors.joining());
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
                arguments("/`a`", "no path may hold, U+0060"),
                arguments("/{a}", "no path may hold, U+007B"),
                arguments("/a}", "no path may hold, U+007D"),
                arguments("/\uE000", "no path may hold, U+E000"),
                arguments("/\uE02C", "no path may hold, U+E02C"),
                arguments("/\uF8FF", "no path may hold, U+F8FF"),
                arguments("/%EE%80%AC", "no path may hold, U+E02C"),
                arguments("/\uFDD0", "no path may hold, U+FDD0"),
                arguments("/\uFDEF", "no path may hold, U+FDEF"),
                arguments("/\uFFFD", "no path may hold, U+FFFD"),
                arguments("/\uFFFE", "no path may hold, U+FFFE"),
                arguments("/\uFFFF", "no path may hold, U+FFFF"),
                arguments("/\uD83F\uDFFE", "no path may hold, U+01FFFE"),
                arguments("/%F0%9F%BF%BE", "no path may hold, U+01FFFE"),
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
                // a percent sign that begins no escape, and what it may not become
                arguments("/%%41%42", "another escape"),
                arguments("/%4%31", "another escape"),
                arguments("/%%34%31", "another escape"),
                arguments("/100%2541", "another escape"),
                arguments("/%C3%A", "not UTF-8"),
                arguments("/% 41", "no path may hold, U+0020"),
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

    /** Ranges of what is invisible by itself, or a space, or turns text around: first and last character. */
    static Stream<Arguments> invisible() {
        return Stream.of(
                arguments(0xA0, 0xA0),
                arguments(0xAD, 0xAD),
                arguments(0x34F, 0x34F),
                arguments(0x61C, 0x61C),
                arguments(0x115F, 0x1160),
                arguments(0x1680, 0x1680),
                arguments(0x17B4, 0x17B5),
                arguments(0x180B, 0x180F),
                arguments(0x2000, 0x200F),
                arguments(0x2028, 0x202F),
                arguments(0x205F, 0x206F),
                arguments(0x2800, 0x2800),
                arguments(0x3000, 0x3000),
                arguments(0x3164, 0x3164),
                arguments(0xFE00, 0xFE0F),
                arguments(0xFEFF, 0xFEFF),
                arguments(0xFFA0, 0xFFA0),
                arguments(0xFFF0, 0xFFFB),
                arguments(0x16FE4, 0x16FE4),
                arguments(0x1BCA0, 0x1BCA3),
                arguments(0x1D159, 0x1D159),
                arguments(0x1D173, 0x1D17A),
                arguments(0xE0000, 0xE0FFF));
    }

    @ParameterizedTest
    @MethodSource("invisible")
    void whatNobodyCanSeeIsRefusedRawAndEscaped(int first, int last) {
        for (var codePoint = first; codePoint <= last; codePoint++) {
            var character = Character.toString(codePoint);
            var reason = "invisible or text-direction character, U+"
                    + String.format(codePoint > 0xFFFF ? "%06X" : "%04X", codePoint);

            for (var path : List.of("/a", "/a" + character + "b", "/\u65E5")) {
                assertRefused(path + character, reason);
                assertRefused(path + escaped(character), reason);
            }
        }
    }

    @Test
    void whateverThisReleaseOfJavaKnowsToBeInvisibleIsRefused() {
        for (var codePoint = 0x80; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            var isHidden = Character.isSpaceChar(codePoint)
                    || Character.isWhitespace(codePoint)
                    || Character.isISOControl(codePoint)
                    || Character.getType(codePoint) == Character.FORMAT && !isVisibleFormat(codePoint);
            if (isHidden) {
                var path = "/a" + Character.toString(codePoint);
                assertThrows(InvalidValueException.class, () -> new PagePath(path), path);
            }
        }
    }

    /** Signs under or around the digits that follow them, and the controls of hieroglyphs, which have glyphs. */
    private static boolean isVisibleFormat(int c) {
        return c >= 0x600 && c <= 0x605
                || c == 0x6DD
                || c == 0x70F
                || c == 0x890
                || c == 0x891
                || c == 0x8E2
                || c == 0x110BD
                || c == 0x110CD
                || c >= 0x13430 && c <= 0x1343F;
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
