package dev.copresence;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;

/** The rules by which a name that somebody chose is fit to be shown to others: nothing in it hides, deceives or runs over its line. */
final class Name {

    static final int MAX_LENGTH = 256;

    private static final int MAX_MARKS = 4;

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;
    private static final int TEXT_STYLE = 0xFE0E;
    private static final int EMOJI_STYLE = 0xFE0F;
    private static final int KEYCAP = 0x20E3;

    /** Scripts in which a joiner between letters, or behind a virama, is spelling; anywhere else nobody sees it. */
    private static final Set<UnicodeScript> JOINED = EnumSet.of(
            UnicodeScript.ARABIC,
            UnicodeScript.SYRIAC,
            UnicodeScript.NKO,
            UnicodeScript.MANDAIC,
            UnicodeScript.MONGOLIAN,
            UnicodeScript.PHAGS_PA,
            UnicodeScript.ADLAM,
            UnicodeScript.HANIFI_ROHINGYA,
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
            UnicodeScript.TIBETAN,
            UnicodeScript.MYANMAR,
            UnicodeScript.KHMER,
            UnicodeScript.BALINESE,
            UnicodeScript.JAVANESE);

    private Name() {}

    /**
     * {@code given} in Unicode's form NFC, with white space folded and without what others must not see: controls, bidi
     * controls, invisible characters, halves of surrogate pairs, and marks beyond {@value #MAX_MARKS} of a letter. Joiners
     * and variation selectors stay where they are spelling. At most {@value #MAX_LENGTH} characters; empty if nothing is left
     * to see. A name that this has given is given again as it is.
     */
    static String harmless(String given) {
        var name = given;
        while (!isPlain(name)) {
            var tidied = Text.cut(tidy(Normalizer.normalize(name, Normalizer.Form.NFC)), MAX_LENGTH);
            // What was cut may have kept its neighbours apart, so it is looked at until nothing changes.
            if (tidied.equals(name)) {
                break;
            }
            name = tidied;
        }
        return name;
    }

    /** True for names that are plainly fit, as most are: printable ASCII with single spaces inside. */
    private static boolean isPlain(String name) {
        var length = name.length();
        if (length > MAX_LENGTH) {
            return false;
        }
        for (var i = 0; i < length; i++) {
            var c = name.charAt(i);
            var inside = i > 0 && i < length - 1 && name.charAt(i - 1) != ' ';
            if (c < ' ' || c > '~' || c == ' ' && !inside) {
                return false;
            }
        }
        return true;
    }

    private static String tidy(String name) {
        var characters = name.codePoints().toArray();
        var kept = new StringBuilder(name.length());
        var before = ' ';
        var last = (int) before;
        var marks = 0;
        var spacingMarks = 0;
        for (var i = 0; i < characters.length; i++) {
            var c = characters[i];
            var next = i + 1 < characters.length ? characters[i + 1] : ' ';
            if (isSpace(c)) {
                c = ' ';
            }
            var keep = switch (c) {
                case ' ' -> last != ' ';
                case ZERO_WIDTH_NON_JOINER -> joins(last, next);
                case ZERO_WIDTH_JOINER -> joins(last, next) || joinsEmoji(last, next);
                case TEXT_STYLE, EMOJI_STYLE -> isEmoji(last) || next == KEYCAP && isKey(last);
                default -> !isHidden(c);
            };
            if (keep && isMark(c)) {
                var spacing = Character.getType(c) == Character.COMBINING_SPACING_MARK;
                keep = last != ' ' && (spacing ? spacingMarks++ : marks++) < MAX_MARKS;
            } else if (keep && c != ZERO_WIDTH_JOINER && c != ZERO_WIDTH_NON_JOINER && !isStyle(c)) {
                marks = 0;
                spacingMarks = 0;
            }
            if (keep) {
                kept.appendCodePoint(c);
                last = c;
            }
        }
        return kept.toString().stripTrailing();
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static boolean isStyle(int c) {
        return c == TEXT_STYLE || c == EMOJI_STYLE;
    }

    private static boolean isMark(int c) {
        var type = Character.getType(c);
        return !isStyle(c)
                && (type == Character.NON_SPACING_MARK
                        || type == Character.ENCLOSING_MARK
                        || type == Character.COMBINING_SPACING_MARK);
    }

    private static boolean joins(int before, int after) {
        var script = UnicodeScript.of(before);
        if (!JOINED.contains(script) || !(Character.isLetter(before) || isMark(before))) {
            return false;
        }
        return isMark(before) || Character.isLetter(after) && UnicodeScript.of(after) == script;
    }

    private static boolean joinsEmoji(int before, int after) {
        return (isEmoji(before) || before == EMOJI_STYLE) && isEmoji(after);
    }

    /** True for what can be an emoji, alone or in a sequence; also for ones that this Java does not know yet. */
    private static boolean isEmoji(int c) {
        return c >= 0x1F000 && c <= 0x1FBFF
                || c >= 0x2190 && c <= 0x2BFF && c != 0x2800 && !(c >= 0x2801 && c <= 0x28FF)
                || c == 0x00A9
                || c == 0x00AE
                || c == 0x203C
                || c == 0x2049
                || c == 0x2122
                || c == 0x2139
                || c == 0x3030
                || c == 0x303D
                || c == 0x3297
                || c == 0x3299;
    }

    private static boolean isKey(int c) {
        return c >= '0' && c <= '9' || c == '#' || c == '*';
    }

    /** True for what nobody sees, or what changes how its neighbours are seen: Unicode's default ignorables and the like. */
    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
                    case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
                    default -> false;
                }
                || (c & 0xFFFE) == 0xFFFE
                || c >= 0xFDD0 && c <= 0xFDEF
                || c >= 0xFE00 && c <= 0xFE0F
                || c >= 0xFFF0 && c <= 0xFFF8
                || c >= 0xE0000 && c <= 0xE0FFF
                || c >= 0x180B && c <= 0x180F
                || c >= 0x17B4 && c <= 0x17B5
                || c >= 0x115F && c <= 0x1160
                || c == 0x034F
                || c == 0x2065
                || c == 0x2800
                || c == 0x3164
                || c == 0xFFA0
                || c == 0xFFFC
                || c == 0x16FE4
                || c == 0x1D159;
    }
}
