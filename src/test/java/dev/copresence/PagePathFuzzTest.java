package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every page path, shown on many that are made up alike each time; a failure says which one it was. */
class PagePathFuzzTest {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private static final int CASES = 5_000;

    /** An escape of an ASCII character: it stands for itself and takes no part in normalisation. */
    private static final Pattern KEPT_ESCAPE = Pattern.compile("%[0-7][0-9A-F]");

    /** One escape, or a run of those that together are text beyond ASCII, or one character. */
    private static final Pattern PIECE = Pattern.compile("%[0-7][0-9A-F]|(?:%[89A-F][0-9A-F])+|.");

    private static final String UNRESERVED = "ABCXYZabcfxyz0149-._~";
    private static final String SUB_DELIMS = "!$&'()*+,;=:@";

    /** Text that meets as many rules as it can in few characters. */
    private static final List<String> TEXT = List.of(
            "\u00E9",
            "e\u0301",
            "\u0301",
            "\u0327",
            "\u0338",
            "\u0323\u0307",
            "\u0344",
            "\u212A",
            "\u037E",
            "\u1FEF",
            "\u212B",
            "\u226E",
            "\u2260",
            "\u1E69",
            "\u1F82",
            "\uD55C",
            "\u1112\u1161",
            "\u11AB",
            "\u65E5",
            "\uF900",
            "\uFB01",
            "\uFF0F",
            "\uFF05",
            "\uD83D\uDE00",
            "\uD834\uDD5E",
            "\uD87E\uDC00",
            "\u0958",
            "\u09C7\u09BE",
            "\u0F73",
            "\u00A0",
            "\uFE0F");

    private static final List<String> KEPT = List.of(
            "%20",
            "%22", "%25", "%2C", "%2B", "%3B", "%3C", "%3D", "%3E", "%3F", "%23", "%5B", "%5E", "%60", "%7C", "%21",
            "%3A", "%40");

    private static final List<String> TROUBLE = List.of(
            "/",
            "//",
            "/./",
            "/../",
            "%2e",
            "%2E%2E",
            "?",
            "#",
            " ",
            "\\",
            "%",
            "%2",
            "%2F",
            "%5C",
            "%00",
            "%7F",
            "%25",
            "%2541",
            "%25%34%31",
            "%34",
            "1",
            "%C3",
            "%A9",
            "%c3%a9",
            "%C0%AF",
            "%ED%A0%80",
            "%zz",
            "%FF",
            "\uD800",
            "\uDC00",
            "\uD83D",
            "\u200B",
            "%E2%80%8B",
            "\u202E",
            "\uFEFF",
            "\uE02C",
            "%EE%80%A5",
            "\uE000",
            "\uFFFF",
            "\u0085",
            "\u0000",
            "\n",
            "[",
            "|",
            "`",
            "<",
            "http://");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyTextIsRefusedOrHasACanonicalForm(long draw) {
        var random = new Random(draw);
        var accepted = 0;
        for (var i = 0; i < CASES; i++) {
            var spelling = mutated(random, path(random));

            var page = page(spelling);

            page.ifPresent(known -> assertCanonical(known.value(), spelling));
            accepted += page.isPresent() ? 1 : 0;
        }
        assertTrue(accepted > CASES / 10 && accepted < CASES * 9 / 10, "both outcomes are met, not " + accepted);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void anyCharactersAreRefusedOrHaveACanonicalForm(long draw) {
        var random = new Random(draw);
        for (var i = 0; i < CASES; i++) {
            var spelling = new StringBuilder("/");
            for (var length = random.nextInt(6); length >= 0; length--) {
                spelling.append((char) random.nextInt(1 << (4 + random.nextInt(13))));
            }

            var page = page(spelling.toString());

            page.ifPresent(known -> assertCanonical(known.value(), spelling.toString()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void allSpellingsOfAPathAreOnePage(long draw) {
        var random = new Random(draw);
        var accepted = 0;
        for (var i = 0; i < CASES; i++) {
            var page = page(path(random));
            if (page.isEmpty()) {
                continue;
            }
            var spelling = spelling(random, page.get().value());

            var again = page(spelling);

            assertEquals(page, again, () -> show(spelling));
            accepted++;
        }
        assertTrue(accepted > CASES / 2, "most paths are good, not " + accepted);
    }

    private static void assertCanonical(String canonical, String spelling) {
        assertEquals(Optional.of(canonical), page(canonical).map(PagePath::value), () -> "twice, of " + show(spelling));
        assertTrue(
                canonical.matches("/(?:\\p{ASCII}*[^/])?"), () -> "a slash first and none last, of " + show(spelling));
        assertTrue(canonical.length() <= PagePath.MAX_BYTES, () -> "the length of " + show(spelling));
        assertTrue(canonical.chars().filter(c -> c == '/').count() <= PagePath.MAX_SEGMENTS, () -> show(spelling));
        assertEquals(canonical, uri(canonical).getRawPath(), () -> "the path of a URI, of " + show(spelling));
        assertTrue(isNfc(canonical), () -> "NFC, of " + show(spelling));
    }

    private static boolean isNfc(String canonical) {
        var text = KEPT_ESCAPE.matcher(canonical).replaceAll("\uFFFC").replace('+', '\uFFFC');
        return Normalizer.isNormalized(URLDecoder.decode(text, StandardCharsets.UTF_8), Normalizer.Form.NFC);
    }

    private static URI uri(String canonical) {
        try {
            return new URI("https://example.org" + canonical).parseServerAuthority();
        } catch (URISyntaxException e) {
            return fail("no URI: " + canonical, e);
        }
    }

    /** Nothing but a refusal is caught here: whatever else is thrown fails the test. */
    private static Optional<PagePath> page(String spelling) {
        try {
            return Optional.of(new PagePath(spelling));
        } catch (InvalidValueException e) {
            assertTrue(Text.isWellFormed(e.getMessage()), () -> "the reason for " + show(spelling));
            return Optional.empty();
        } catch (RuntimeException e) {
            return fail("of " + show(spelling), e);
        }
    }

    /** A path that is mostly good, in some spelling. */
    private static String path(Random random) {
        var path = new StringBuilder();
        for (var segments = 1 + random.nextInt(random.nextInt(50) == 0 ? 70 : 4); segments > 0; segments--) {
            path.append('/');
            for (var pieces = 1 + random.nextInt(random.nextInt(50) == 0 ? 300 : 6); pieces > 0; pieces--) {
                path.append(piece(random));
            }
        }
        return path.toString();
    }

    private static String piece(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> one(random, UNRESERVED);
            case 2 -> one(random, SUB_DELIMS);
            case 3 -> one(random, KEPT);
            case 4 -> escaped(random, one(random, UNRESERVED));
            case 5 -> escaped(random, one(random, TEXT));
            default -> one(random, TEXT);
        };
    }

    private static String mutated(Random random, String path) {
        var text = new StringBuilder(path);
        for (var changes = random.nextInt(4); changes > 0; changes--) {
            var at = random.nextInt(text.length() + 1);
            var end = Math.min(text.length(), at + random.nextInt(4));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, one(random, TROUBLE));
                case 2 -> text.replace(at, end, one(random, TROUBLE));
                case 3 -> text.insert(at, text.substring(at, end));
                default -> text.insert(at, piece(random));
            }
        }
        return text.toString();
    }

    /** Another spelling of a canonical path. */
    private static String spelling(Random random, String canonical) {
        var spelling = new StringBuilder();
        PIECE.matcher(canonical).results().forEach(piece -> spelling.append(spellingOf(random, piece.group())));
        if (canonical.length() > 1 && random.nextBoolean()) {
            spelling.append('/');
        }
        return spelling.toString();
    }

    private static String spellingOf(Random random, String piece) {
        if (KEPT_ESCAPE.matcher(piece).matches()) {
            return anyCase(random, piece);
        }
        if (piece.startsWith("%")) {
            return spellingOfText(random, URLDecoder.decode(piece, StandardCharsets.UTF_8));
        }
        return isUnreserved(piece) && random.nextBoolean() ? escaped(random, piece) : piece;
    }

    /** Each character raw or escaped, composed or not. */
    private static String spellingOfText(Random random, String text) {
        var spelling = new StringBuilder();
        text.codePoints().mapToObj(Character::toString).forEach(character -> {
            var decomposed = Normalizer.normalize(character, Normalizer.Form.NFD);
            var spelled = random.nextBoolean() && mayBeDecomposed(decomposed) ? decomposed : character;
            spelled.codePoints()
                    .mapToObj(Character::toString)
                    .forEach(c -> spelling.append(
                            random.nextBoolean() && SUB_DELIMS.indexOf(c.charAt(0)) < 0 ? escaped(random, c) : c));
        });
        return spelling.toString();
    }

    /** Not into a character that no path may hold, as U+226E into '<'. */
    private static boolean mayBeDecomposed(String decomposed) {
        var first = decomposed.charAt(0);
        return first >= 0x80 || isUnreserved(Character.toString(first)) || SUB_DELIMS.indexOf(first) >= 0;
    }

    private static boolean isUnreserved(String character) {
        return character.matches("[A-Za-z0-9._~-]");
    }

    private static String escaped(Random random, String text) {
        var escaped = new StringBuilder();
        for (var octet : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append(anyCase(random, "%" + HEX.toHexDigits(octet)));
        }
        return escaped.toString();
    }

    private static String anyCase(Random random, String escape) {
        return random.nextBoolean() ? escape : escape.toLowerCase(Locale.ROOT);
    }

    private static String one(Random random, String characters) {
        return Character.toString(characters.charAt(random.nextInt(characters.length())));
    }

    private static String one(Random random, List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }

    /** The text as a Java literal. */
    private static String show(String text) {
        var literal = new StringBuilder("\"");
        text.chars().forEach(c -> literal.append(c < 0x20 || c > 0x7E ? String.format("\\u%04X", c) : (char) c));
        return literal.append('"').toString();
    }
}
