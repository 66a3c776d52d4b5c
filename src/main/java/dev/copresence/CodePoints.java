package dev.copresence;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The characters of Unicode beyond ASCII, as far as what others get to read depends on them: which ones text may hold,
 * which ones nobody can see, and where one of those is spelling all the same.
 *
 * <p>The tables are of our own, since those of {@link Character} are of another Unicode in each release of Java, and
 * two instances must agree on what is a page.
 */
final class CodePoints {

    private static final int ZWNJ = 0x200C;
    private static final int ZWJ = 0x200D;
    private static final int TEXT_STYLE = 0xFE0E;
    private static final int EMOJI_STYLE = 0xFE0F;
    private static final int KEYCAP = 0x20E3;
    private static final int BLACK_FLAG = 0x1F3F4;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** {@code Default_Ignorable_Code_Point}, the separators {@code Z*}, and characters whose glyph is empty. */
    private static final int[] INVISIBLE =
            ranges("A0 AD 34F 61C 115F-1160 1680 17B4-17B5 180B-180F 2000-200F 2028-202F 205F-206F 2800 3000 3164"
                    + " FE00-FE0F FEFF FFA0 FFF0-FFFB 16FE4 1BCA0-1BCA3 1D159 1D173-1D17A E0000-E0FFF");

    /** The characters of the canonical combining class Virama. */
    private static final Set<Integer> VIRAMAS = Stream.of(
                    ("94D 9CD A4D ACD B4D BCD C4D CCD D3B D3C D4D DCA E3A EBA F84 1039 103A 1714 1715 1734 17D2 1A60 1B44"
                                    + " 1BAA 1BAB 1BF2 1BF3 2D7F A806 A82C A8C4 A953 A9C0 AAF6 ABED 10A3F 11046 11070"
                                    + " 1107F 110B9 11133 11134 111C0 11235 112EA 1134D 113CE 113CF 113D0 11442 114C2"
                                    + " 115BF 1163F 116B6 1172B 11839 1193D 1193E 119E0 11A34 11A47 11A99 11C3F 11D44"
                                    + " 11D45 11D97 11F41 11F42 1612F")
                            .split(" "))
            .map(HexFormat::fromHexDigits)
            .collect(Collectors.toUnmodifiableSet());

    /**
     * Letters, marks and digits of the scripts in which a joiner is spelling: first those of Arabic, Syriac, N'Ko,
     * Mandaic, Mongolian, Rohingya and Adlam, then those of the scripts of India, of Sinhala, Myanmar and Khmer. What
     * their blocks do not hold yet is taken for a letter.
     */
    private static final List<int[]> JOINED = List.of(
            ranges("610-61A 620-669 66E-6D3 6D5-6DC 6DF-6E8 6EA-6FC 6FF 710-77F 7C0-7F5 7FA-7FD 840-85D 85F-887"
                    + " 889-88F 892-8E1 8E3-8FF 1810-18AF 10D00-10D3F 10EC0-10ECF 10ED9-10EFF 1E900-1E95D"),
            ranges("900-963 966-96F 971-9F1 9FC 9FE-A75 A77-AEF AF2-B6F B71 B78-BEF BFB-C76 C80-C83 C85-D4E D50-D57"
                    + " D5F-D6F D7A-DF3 1000-1049 1050-109D 1780-17B3 17B6-17D3 17D7 17DC-17EF 1CD0-1CD2 1CD4-1CFF"
                    + " A8E0-A8F7 A8FB A8FD-A8FF A9E0-A9FF AA60-AA76 AA7A-AA7F"));

    /** {@code Extended_Pictographic} of UTS #51, without what is not assigned. */
    private static final int[] EMOJI = ranges(
            "A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB"
                    + " 25B6 25C0 25FB-25FE 2600-2604 260E 2611 2614-2615 2618 261D 2620 2622-2623 2626 262A 262E-262F"
                    + " 2638-263A 2640 2642 2648-2653 265F-2660 2663 2665-2666 2668 267B 267E-267F 2692-2697 2699"
                    + " 269B-269C 26A0-26A1 26A7 26AA-26AB 26B0-26B1 26BD-26BE 26C4-26C5 26C8 26CE-26CF 26D1 26D3-26D4"
                    + " 26E9-26EA 26F0-26F5 26F7-26FA 26FD 2702 2705 2708-270D 270F 2712 2714 2716 271D 2721 2728"
                    + " 2733-2734 2744 2747 274C 274E 2753-2755 2757 2763-2764 2795-2797 27A1 27B0 27BF 2934-2935"
                    + " 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 303D 3297 3299 1F004 1F0CF-1F0D0 1F170-1F171 1F17E-1F17F"
                    + " 1F18E 1F191-1F19A 1F201-1F20F 1F21A 1F22F 1F232-1F23A 1F249-1F25F 1F266-1F321 1F324-1F393"
                    + " 1F396-1F397 1F399-1F39B 1F39E-1F3F0 1F3F3-1F3F5 1F3F7-1F3FA 1F400-1F4FD 1F4FF-1F53D"
                    + " 1F549-1F54E 1F550-1F567 1F56F-1F570 1F573-1F57A 1F587 1F58A-1F58D 1F590 1F595-1F596"
                    + " 1F5A4-1F5A5 1F5A8 1F5B1-1F5B2 1F5BC 1F5C2-1F5C4 1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3 1F5E8"
                    + " 1F5EF 1F5F3 1F5FA-1F64F 1F680-1F6C5 1F6CB-1F6D2 1F6D5-1F6E5 1F6E9 1F6EB-1F6F0 1F6F3-1F6FF"
                    + " 1F7DA-1F7FF 1F90C-1F93A 1F93C-1F945 1F947-1F9FF 1FA6E-1FAFF");

    /** The tags that make the black flag that of England, Scotland or Wales; the last of them ends the sequence. */
    private static final List<String> REGIONS = Stream.of("gbeng", "gbsct", "gbwls")
            .map(region -> IntStream.concat(region.chars().map(letter -> 0xE0000 + letter), IntStream.of(0xE007F))
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining()))
            .toList();

    private CodePoints() {}

    /** True of {@code ucschar} of RFC 3987, section 2.2: no control, surrogate, private use or noncharacter. */
    static boolean isUcschar(int c) {
        return c >= 0xA0 && c <= 0xD7FF
                || c >= 0xF900 && c <= 0xFDCF
                || c >= 0xFDF0 && c <= 0xFFEF
                || c >= 0x10000 && c <= 0xDFFFD && (c & 0xFFFF) <= 0xFFFD
                || c >= 0xE1000 && c <= 0xEFFFD;
    }

    /**
     * True of what no reader can see or tell from U+0020, or that turns the direction of the text around it. Some of
     * these are spelling beside certain others, see {@link #firstUnseen}.
     */
    static boolean isInvisible(int c) {
        return c >= 0xA0 && contains(INVISIBLE, c);
    }

    /** True of what is refused wherever it stands: an invisible character that nothing is spelled with. */
    static boolean isNeverSpelling(int c) {
        return isInvisible(c)
                && c != ZWNJ
                && c != ZWJ
                && c != TEXT_STYLE
                && c != EMOJI_STYLE
                && !(c > 0xE0000 && c <= 0xE007F);
    }

    /**
     * The index of the first invisible character of {@code text} that is no spelling where it stands, or -1 if there is
     * none. Spelling are
     *
     * <ul>
     *   <li>U+200C and U+200D after a virama (RFC 5892, appendix A) or between letters, marks or digits of scripts that
     *       join, both of Arabic's kind or both of India's;
     *   <li>U+200D between two emoji, of which the first may have a colour of skin and a style;
     *   <li>U+FE0E and U+FE0F after an emoji, or between a digit, '#' or '*' and the keycap U+20E3;
     *   <li>the tags of the flags of England, Scotland and Wales.
     * </ul>
     */
    static int firstUnseen(String text) {
        var at = 0;
        while (at < text.length()) {
            var c = text.codePointAt(at);
            if (isInvisible(c) && !isSpelling(text, at, c)) {
                return at;
            }
            at += Character.charCount(c);
            if (c == BLACK_FLAG) {
                at += tags(text, at);
            }
        }
        return -1;
    }

    /** The character as messages name it, such as {@code U+200B}. */
    static String name(int c) {
        return "U+" + HEX.toHexDigits(c, c > 0xFFFF ? 6 : 4);
    }

    private static boolean isSpelling(String text, int at, int c) {
        if (at == 0) {
            return false;
        }
        var before = text.codePointBefore(at);
        // All that can be spelling and is not a tag is one char long.
        var after = at + 1 < text.length() ? text.codePointAt(at + 1) : -1;
        return switch (c) {
            case ZWNJ -> joins(before, after);
            case ZWJ -> joins(before, after) || contains(EMOJI, after) && endsInEmoji(text, at);
            case TEXT_STYLE, EMOJI_STYLE ->
                contains(EMOJI, before)
                        || after == KEYCAP && (before >= '0' && before <= '9' || before == '#' || before == '*');
            default -> false;
        };
    }

    private static boolean joins(int before, int after) {
        return VIRAMAS.contains(before)
                || JOINED.stream().anyMatch(script -> contains(script, before) && contains(script, after));
    }

    private static boolean endsInEmoji(String text, int end) {
        var at = end;
        var last = text.codePointBefore(at);
        if (last == EMOJI_STYLE || last >= 0x1F3FB && last <= 0x1F3FF) {
            at -= Character.charCount(last);
        }
        return at > 0 && contains(EMOJI, text.codePointBefore(at));
    }

    /** The length of the tags at {@code from} that are of a flag. */
    private static int tags(String text, int from) {
        return REGIONS.stream()
                .filter(region -> text.startsWith(region, from))
                .mapToInt(String::length)
                .findFirst()
                .orElse(0);
    }

    /** First and last character of each range in turn, in hexadecimal digits and rising. */
    private static int[] ranges(String text) {
        return Stream.of(text.split(" "))
                .flatMap(range -> Stream.of(range.split("-", -1)[0], range.substring(range.indexOf('-') + 1)))
                .mapToInt(HexFormat::fromHexDigits)
                .toArray();
    }

    private static boolean contains(int[] ranges, int c) {
        var at = Arrays.binarySearch(ranges, c);
        return at >= 0 || (-at - 1) % 2 == 1;
    }
}
