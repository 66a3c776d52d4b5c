package dev.copresence.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import dev.copresence.InvalidValueException;
import dev.copresence.PagePath;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule P3, shown on many addresses that a fixed number makes up: what a browser has as {@code location.pathname} is a
 * page or is refused for a reason that docs/protocol.md has, and is the same page as the address that was typed.
 */
@ExtendWith(ChromiumNeeded.class)
class AddressesBrowserTest {

    private static final int ADDRESSES = 30_000;

    /** What the parser of URLs makes of each line, which are hexadecimal digits of UTF-16: so halves of pairs get through. */
    private static final String PATHNAMES = """
            lines => lines.split('\\n').map(line => {
              const typed = line.replace(/.{4}/g, unit => String.fromCharCode(parseInt(unit, 16)))
              return new URL('https://wiki.example' + typed).pathname
            }).join('\\n')""";

    private static final HexFormat HEX = HexFormat.of();

    /** All reasons for which a page that a browser names may be refused. The others cannot come from one. */
    private static final Pattern REASON = Pattern.compile("must not have an empty, '\\.' or '\\.\\.' segment"
            + "|must not have more than 64 segments"
            + "|must not be longer than 1024 bytes in canonical form"
            + "|holds an escaped slash or backslash"
            + "|holds an escaped control character"
            + "|holds an escape that decodes to another escape"
            + "|holds escapes that are not UTF-8"
            + "|holds an invisible or text-direction character, U\\+(?!00[0-7])[0-9A-F]{4,6}(, where it spells nothing)?"
            + "|holds a character that no path may hold, U\\+(00[89]|[EF]|0F|10|0[1-9A-E]FFF|FFF)[0-9A-F]{1,5}");

    private static final List<String> PIECES = List.of(
            // what stands as it is
            "a",
            "Z",
            "0",
            "4",
            "1",
            "-",
            ".",
            "_",
            "~",
            "!",
            "$",
            "&",
            "'",
            "(",
            ")",
            "*",
            "+",
            ",",
            ";",
            "=",
            ":",
            "@",
            // what the parser leaves, escapes or takes for something else
            "[",
            "]",
            "^",
            "|",
            "%",
            "%%",
            "\"",
            "<",
            ">",
            "`",
            "{",
            "}",
            " ",
            "\\",
            "\t",
            "\n",
            "\u0000",
            "\u007F",
            "/",
            "/",
            "/",
            "//",
            "/./",
            "/../",
            "?",
            "#",
            "/%2e/",
            "%2E%2e",
            "..",
            // escapes, and what looks like one
            "%41",
            "%7e",
            "%20",
            "%2F",
            "%5C",
            "%5b",
            "%5D",
            "%5E",
            "%7C",
            "%25",
            "%2541",
            "%25%34%31",
            "%4",
            "%zz",
            "%C3",
            "%A9",
            "%c3%a9",
            "%CC%81",
            "%FF",
            "%00",
            "%E2%80%8B",
            "%E2%80%8C",
            "%EE%80%80",
            "%ED%A0%80",
            "%C2%85",
            // composed or not
            "\u00E9",
            "e\u0301",
            "\u0338",
            "\u212A",
            "\u037E",
            "\u1FEF",
            "\uD55C",
            "\u1112\u1161\u11AB",
            "\uFB01",
            "\uFF0F",
            "\u65E5",
            "\uD834\uDD5E",
            "\u0344",
            // words with joiners, in several scripts, and the joiners alone
            "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
            "\u0D28\u0D4D\u200D",
            "\u0DC1\u0DCA\u200D\u0DBB\u0DD3",
            "\u09B0\u200D\u09CD\u09AF",
            "\u0645",
            "\u0915\u094D",
            "\u200C",
            "\u200D",
            // emoji, in several styles, and the styles alone
            "\uD83D\uDE00",
            "\u2764\uFE0F",
            "\uD83D\uDC68\u200D\uD83D\uDC69",
            "\uD83C\uDFF3\uFE0F\u200D\uD83C\uDF08",
            "1\uFE0F\u20E3",
            "#\uFE0F\u20E3",
            "%23\uFE0F\u20E3",
            "*\uFE0F\u20E3",
            "\uFE0F",
            "\uD83C\uDFFB",
            "\u2642",
            "\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC62\uDB40\uDC65\uDB40\uDC6E\uDB40\uDC67\uDB40\uDC7F",
            "\uDB40\uDC67",
            // what nobody sees, and what is no text
            "\u00A0",
            "\u00AD",
            "\u3000",
            "\u2000",
            "\u200B",
            "\u202E",
            "\u2066",
            "\u3164",
            "\uFFA0",
            "\u115F",
            "\u2800",
            "\u180B",
            "\uFEFF",
            "\uE000",
            "\uE025",
            "\uFFFD",
            "\uFFFF",
            "\uD800",
            "\uDC00",
            "\uDBFF\uDFFD",
            "\u0085");

    private static Chromium chromium;
    private static Page browser;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        browser = chromium.browser().newPage();
    }

    @AfterAll
    static void stop() {
        chromium.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void addressesOfOddPiecesAreThePagesThatABrowserHas(long number) {
        var random = new Random(number);

        assertAllArePagesOfTheBrowser(IntStream.range(0, ADDRESSES)
                .mapToObj(i -> address(random, () -> PIECES.get(random.nextInt(PIECES.size()))))
                .toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {11})
    void addressesOfAnyCharactersAreThePagesThatABrowserHas(long number) {
        var random = new Random(number);

        assertAllArePagesOfTheBrowser(IntStream.range(0, ADDRESSES)
                .mapToObj(i -> address(random, () -> Character.toString(random.nextInt(1 << (5 + random.nextInt(16))))))
                .toList());
    }

    /** One by one, so that no character is left out by chance but for those of Chinese and Korean writing. */
    @Test
    void anAddressOfOneCharacterIsThePageThatABrowserHas() {
        assertAllArePagesOfTheBrowser(IntStream.concat(IntStream.range(0, 0x20000), IntStream.range(0xE0000, 0xE1010))
                .filter(c -> !Character.isIdeographic(c) && (c < '\uAC00' || c > '\uD7A3'))
                .mapToObj(c -> "/a" + Character.toString(c) + "b")
                .toList());
    }

    private interface Piece {

        String next();
    }

    private static String address(Random random, Piece piece) {
        var address = new StringBuilder("/");
        for (var pieces = 1 + random.nextInt(random.nextInt(100) == 0 ? 300 : 7); pieces > 0; pieces--) {
            address.append(piece.next());
        }
        return address.toString();
    }

    private static void assertAllArePagesOfTheBrowser(List<String> typed) {
        var pathnames = pathnames(typed);
        var pages = new ArrayList<String>();
        for (var i = 0; i < typed.size(); i++) {
            var address = typed.get(i);
            var pathname = pathnames.get(i);

            var page = page(pathname);

            assertTrue(
                    page.reason() == null || REASON.matcher(page.reason()).matches(),
                    () -> show(address) + " is " + pathname + " and " + page.reason());
            var raw = page(address);
            if (raw.canonical() != null) {
                assertEquals(raw, page, () -> show(address) + " is " + pathname);
            }
            if (page.canonical() != null) {
                assertEquals(page, page(page.canonical()), () -> "twice, of " + pathname);
                pages.add(page.canonical());
            }
        }
        assertTrue(pages.size() > typed.size() / 20, "pages are among them, not " + pages.size());
        assertEquals(pages, pathnames(pages), "the canonical forms, and what a browser makes of them");
    }

    private record Outcome(
            @Nullable String canonical, @Nullable String reason) {}

    private static Outcome page(String path) {
        try {
            return new Outcome(new PagePath(path).value(), null);
        } catch (InvalidValueException e) {
            return new Outcome(null, e.getMessage());
        }
    }

    private static List<String> pathnames(List<String> paths) {
        var lines = paths.stream().map(AddressesBrowserTest::digits).collect(Collectors.joining("\n"));
        return List.of(((String) browser.evaluate(PATHNAMES, lines)).split("\n"));
    }

    private static String digits(String text) {
        var digits = new StringBuilder();
        text.chars().forEach(unit -> digits.append(HEX.toHexDigits((char) unit)));
        return digits.toString();
    }

    /** The text as a Java literal. */
    private static String show(String text) {
        return text.chars()
                .mapToObj(c -> c < 0x20 || c > 0x7E ? String.format("\\u%04X", c) : Character.toString(c))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
