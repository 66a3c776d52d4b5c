package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That the tables agree with those of the Java that runs, as far as it has them. */
class CodePointsTest {

    private static final Set<UnicodeScript> OF_ARABICS_KIND = Set.of(
            UnicodeScript.ARABIC,
            UnicodeScript.SYRIAC,
            UnicodeScript.NKO,
            UnicodeScript.MANDAIC,
            UnicodeScript.MONGOLIAN,
            UnicodeScript.HANIFI_ROHINGYA,
            UnicodeScript.ADLAM);

    private static final Set<UnicodeScript> OF_INDIAS_KIND = Set.of(
            UnicodeScript.DEVANAGARI,
            UnicodeScript.BENGALI,
            UnicodeScript.GURMUKHI,
            UnicodeScript.GUJARATI,
            UnicodeScript.ORIYA,
            UnicodeScript.TAMIL,
            UnicodeScript.TELUGU,
            UnicodeScript.KANNADA,
            UnicodeScript.MALAYALAM,
            UnicodeScript.SINHALA,
            UnicodeScript.MYANMAR,
            UnicodeScript.KHMER);

    /** Blocks of signs that are drawn as they are, and join to nothing. */
    private static final Set<UnicodeBlock> FIXED = Set.of(
            UnicodeBlock.ARABIC_PRESENTATION_FORMS_A,
            UnicodeBlock.ARABIC_PRESENTATION_FORMS_B,
            UnicodeBlock.ARABIC_MATHEMATICAL_ALPHABETIC_SYMBOLS);

    @Test
    void aJoinerIsSpellingBetweenLettersMarksAndDigitsOfScriptsThatJoin() {
        for (var scripts : Set.of(OF_ARABICS_KIND, OF_INDIAS_KIND)) {
            var letters = characters(c -> scripts.contains(UnicodeScript.of(c))
                            && isLetterMarkOrDigit(c)
                            && !CodePoints.isInvisible(c)
                            // of Unicode 14 and later, in blocks that are none of these scripts' everyday ones
                            && c < 0x11000
                            && !FIXED.contains(UnicodeBlock.of(c)))
                    .toArray();

            assertTrue(letters.length > 500, "there are such letters, not " + letters.length);
            for (var letter : letters) {
                assertIsSpelling(letter, "\u200C", letter);
                assertIsSpelling(letter, "\u200D", letter);
            }
        }
    }

    @Test
    void aJoinerIsNoSpellingBetweenCharactersOfOtherScripts() {
        characters(c -> !OF_ARABICS_KIND.contains(UnicodeScript.of(c))
                        && !OF_INDIAS_KIND.contains(UnicodeScript.of(c))
                        && UnicodeScript.of(c) != UnicodeScript.COMMON
                        && UnicodeScript.of(c) != UnicodeScript.INHERITED
                        && Character.isLetter(c)
                        && !CodePoints.isInvisible(c))
                .forEach(c -> {
                    assertIsNoSpelling(c, "\u200C", c);
                    assertIsNoSpelling(c, "\u200D", c);
                });
    }

    @Test
    void pictographsAreThoseOfJava() {
        assumeTrue(Runtime.version().feature() >= 21, "SKIPPED: Java knows pictographs since 21");
        var pictograph = Pattern.compile("\\p{IsExtended_Pictographic}");

        characters(Character::isDefined).filter(c -> !CodePoints.isInvisible(c)).forEach(c -> {
            var text = Character.toString(c);
            if (pictograph.matcher(text).matches()) {
                assertIsSpelling(c, "\uFE0F", c);
                assertIsSpelling(c, "\u200D", c);
            } else {
                assertIsNoSpelling(c, "\uFE0F", c);
            }
        });
    }

    @Test
    void whatJavaHasForSpacesControlsOfDirectionAndIgnorablesIsInvisible() {
        characters(c -> c > 0x20
                        && (Character.isSpaceChar(c)
                                || Character.isIdentifierIgnorable(c) && !Character.isISOControl(c) && !hasGlyph(c)))
                .forEach(c -> assertTrue(CodePoints.isInvisible(c), () -> CodePoints.name(c)));
    }

    @Test
    void nothingOfWhatPeopleReadIsInvisible() {
        var read = Set.of(
                (int) Character.UPPERCASE_LETTER,
                (int) Character.LOWERCASE_LETTER,
                (int) Character.TITLECASE_LETTER,
                (int) Character.MODIFIER_LETTER,
                (int) Character.DECIMAL_DIGIT_NUMBER,
                (int) Character.LETTER_NUMBER,
                (int) Character.OTHER_NUMBER,
                (int) Character.DASH_PUNCTUATION,
                (int) Character.OTHER_PUNCTUATION,
                (int) Character.CURRENCY_SYMBOL,
                (int) Character.MATH_SYMBOL,
                (int) Character.COMBINING_SPACING_MARK);

        characters(c -> read.contains(Character.getType(c)))
                .forEach(c -> assertFalse(CodePoints.isInvisible(c), () -> CodePoints.name(c)));
    }

    /** Signs under or around the digits that follow them, and the controls of hieroglyphs. */
    private static boolean hasGlyph(int c) {
        return c >= 0x600 && c <= 0x605
                || Set.of(0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD).contains(c)
                || c >= 0x13430 && c <= 0x1343F;
    }

    private static boolean isLetterMarkOrDigit(int c) {
        return Character.isLetterOrDigit(c)
                || Character.getType(c) == Character.NON_SPACING_MARK
                || Character.getType(c) == Character.COMBINING_SPACING_MARK;
    }

    private static IntStream characters(IntPredicate which) {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .filter(which);
    }

    private static void assertIsSpelling(int before, String character, int after) {
        var text = Character.toString(before) + character + Character.toString(after);
        assertEquals(-1, CodePoints.firstUnseen(text), () -> CodePoints.name(before));
    }

    private static void assertIsNoSpelling(int before, String character, int after) {
        var text = Character.toString(before) + character + Character.toString(after);
        assertEquals(Character.charCount(before), CodePoints.firstUnseen(text), () -> CodePoints.name(before));
    }
}
