package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.text.Normalizer;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule I7: a name is made harmless before it is shown. */
class NameTest {

    private static final int[] HIDDEN = IntStream.of(
                    0x00, 0x07, 0x1B, 0x7F, 0x85, 0x9F, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B,
                    0x180D, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2061,
                    0x2064, 0x2065, 0x2066, 0x2067, 0x2068, 0x2069, 0x206A, 0x206F, 0x2800, 0x3164, 0xFE00, 0xFE0E,
                    0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0, 0xFFF9, 0xFFFB, 0xFFFC, 0xFFFE, 0xFFFF, 0xFDD0, 0x1BCA0, 0x1D159,
                    0x1D173, 0x1D17A, 0x16FE4, 0xE0001, 0xE0020, 0xE007F, 0xE0100, 0xE01EF, 0xE0FFF, 0x1FFFE, 0xD800,
                    0xDBFF, 0xDC00, 0xDFFF, 0x200C, 0x200D)
            .toArray();

    static IntStream hidden() {
        return IntStream.of(HIDDEN);
    }

    @ParameterizedTest
    @MethodSource("hidden")
    void whatNobodySeesIsCutFromAName(int hidden) {
        var character = Character.toString(hidden);

        assertEquals("Ann", Name.harmless("A" + character + "nn"), () -> "U+%X".formatted(hidden));
        assertEquals("Ann", Name.harmless(character + "Ann" + character + character));
        assertEquals("", Name.harmless(character.repeat(3)));
        assertEquals("", Name.harmless(" " + character + " "));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                '\t', '\n', 0x0B, '\f', '\r', 0x1C, 0x1F, ' ', 0xA0, 0x1680, 0x2000, 0x2003, 0x200A, 0x2028, 0x2029,
                0x202F, 0x205F, 0x3000
            })
    void whiteSpaceIsFolded(int space) {
        var character = Character.toString(space);

        assertEquals("Ann Lee", Name.harmless(character + "Ann" + character.repeat(3) + "Lee" + character));
        assertEquals("", Name.harmless(character.repeat(3)));
    }

    static Stream<Arguments> names() {
        return Stream.of(
                arguments("Ann \u202Enimda", "Ann nimda"),
                arguments("Ann\u0000\u0008 Lee\r\nadmin", "Ann Lee admin"),
                arguments("A\u0301nn", "\u00C1nn"),
                arguments("n" + "\u0301\u0323".repeat(60), "\u1E47\u0301\u0301\u0301\u0301".substring(0, 1)),
                arguments("\u0301\u0301Ann", "Ann"),
                arguments("Ann \u0301\u0301Lee", "Ann Lee"),
                // Spelling: Persian, Malayalam, Sinhala, Hindi, Vietnamese, Burmese.
                arguments("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", null),
                arguments("\u0D05\u0D35\u0D28\u0D4D\u200D", null),
                arguments("\u0DC1\u0DCA\u200D\u0DBB\u0DD3", null),
                arguments("\u0915\u094D\u200D\u0937", null),
                arguments("Nguy\u1EC5n Th\u1ECB", null),
                arguments("\u1019\u103C\u103D\u103E\u1031\u102C\u1004\u103A", null),
                // Emoji: a family, a hair style, a keycap, a heart, skin, one sent as text, a flag.
                arguments("\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67", null),
                arguments("\uD83D\uDC69\uD83C\uDFFD\u200D\uD83E\uDDB0", null),
                arguments("Ann 1\uFE0F\u20E3", null),
                arguments("Ann \u2764\uFE0F\u200D\uD83D\uDD25", null),
                arguments("Ann \u260E\uFE0E", null),
                arguments("\uD83C\uDDE9\uD83C\uDDEA Ann", null),
                // The same where they spell nothing.
                arguments("An\u200Dn\uFE0F", "Ann"),
                arguments("\u0645\u200C\u200C\u200C\u0648", "\u0645\u200C\u0648"),
                arguments("\u0645\u200CAnn", "\u0645Ann"),
                arguments("\uD83D\uDD25\u200D", "\uD83D\uDD25"),
                arguments("\uD83D\uDD25\u200D\u200D\uD83D\uDD25", "\uD83D\uDD25\u200D\uD83D\uDD25"),
                arguments("O'Brien-N\u00FA\u00F1ez, Jr.", null),
                arguments("\u674E\u5C0F\u9F99", null),
                arguments("You", null));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsSpellingStaysAndWhatDeceivesGoes(String given, String shown) {
        var expected = shown == null ? given : shown;
        if (given.startsWith("n\u0301")) {
            assertEquals(4, marks(Name.harmless(given)));
            return;
        }
        assertEquals(expected, Name.harmless(given));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0301, 0x0489, 0x20DD, 0x0E31, 0x05B0, 0x064B})
    void marksOfALetterAreBounded(int mark) {
        var shown = Name.harmless("q" + Character.toString(mark).repeat(120) + "r");

        assertEquals(4, marks(shown));
        assertTrue(shown.startsWith("q") && shown.endsWith("r"));
    }

    private static long marks(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC)
                .codePoints()
                .filter(c -> Pattern.matches("\\p{M}", Character.toString(c)))
                .count();
    }

    @Test
    void aLongNameIsCutAndNothingDangles() {
        var shown = Name.harmless("x".repeat(255) + " \uD83D\uDD25\u200D\uD83D\uDD25");

        assertEquals("x".repeat(255), shown);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whateverIsGivenWhatIsShownIsHarmless(long draw) {
        var random = new Random(draw);
        for (var round = 0; round < 20_000; round++) {
            var given = IntStream.range(0, random.nextInt(30))
                    .mapToObj(i -> Character.toString(anyCharacter(random)))
                    .collect(Collectors.joining());

            var shown = Name.harmless(random.nextInt(50) == 0 ? given.repeat(40) : given);

            assertEquals(shown, Name.harmless(shown), "it is made harmless once");
            assertTrue(Normalizer.isNormalized(shown, Normalizer.Form.NFC));
            assertTrue(shown.length() <= Name.MAX_LENGTH);
            assertTrue(Text.isWellFormed(shown));
            assertEquals(shown.strip(), shown);
            assertFalse(
                    Pattern.compile("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\u3164\uFFA0\u115F\u1160\u2800\u034F\u00AD]|\\s{2}")
                            .matcher(shown)
                            .find());
            assertFalse(Pattern.compile("[\\p{Mn}\\p{Me}&&[^\uFE0E\uFE0F]]{5}")
                    .matcher(shown)
                    .find());
            assertFalse(shown.codePoints()
                    .anyMatch(c -> Character.getType(c) == Character.FORMAT && c != 0x200C && c != 0x200D));
            assertFalse(Pattern.compile("(^|[ A-Za-z])[\u200C\u200D\uFE0E\uFE0F]")
                    .matcher(shown)
                    .find());
        }
    }

    private static int anyCharacter(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(0x110000);
            case 1 -> random.nextInt(0x3100);
            case 2, 3 -> HIDDEN[random.nextInt(HIDDEN.length)];
            case 4 -> 0x300 + random.nextInt(0x70);
            case 5 -> 0x900 + random.nextInt(0x500);
            case 6 -> 0x1F000 + random.nextInt(0xB00);
            default -> ' ' + random.nextInt(95);
        };
    }
}
