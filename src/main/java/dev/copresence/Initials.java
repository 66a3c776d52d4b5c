package dev.copresence;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import java.util.regex.Pattern;

/**
 * The letters that stand for a name: the first of its first and of its last word, in capitals. They are those that the browser
 * client shows where somebody has no picture; a table of names holds both to one rule.
 */
public final class Initials {

    private static final Pattern WORD = Pattern.compile("\\S+", Pattern.UNICODE_CHARACTER_CLASS);

    /** A character as readers count: a letter with its marks, so that none breaks. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    private static final Pattern LETTER_OR_DIGIT = Pattern.compile("[\\p{L}\\p{N}]");
    private static final Pattern ARABIC = Pattern.compile("\\p{IsArabic}");

    /** The sign that keeps two Arabic letters from becoming a word. */
    private static final String NON_JOINER = "\u200c";

    private Initials() {}

    /** The initials of a name; empty for an empty one. */
    public static String of(String name) {
        var words = words(name);
        if (words.isEmpty()) {
            return "";
        }
        var first = initial(words.get(0));
        if (words.size() == 1) {
            return first;
        }
        var last = initial(words.get(words.size() - 1));
        var joined = ARABIC.matcher(first).find() && ARABIC.matcher(last).find();
        return first + (joined ? NON_JOINER : "") + last;
    }

    private static List<String> words(String name) {
        // Patterns that know all scripts take a hundred times as long, and most names need none.
        if (name.chars().allMatch(letter -> letter < 0x80)) {
            var words = new ArrayList<String>();
            var rest = new StringTokenizer(name);
            while (rest.hasMoreTokens()) {
                words.add(rest.nextToken());
            }
            return words;
        }
        return parts(WORD, Normalizer.normalize(name, Normalizer.Form.NFC));
    }

    private static String initial(String word) {
        if (beginsPlainly(word)) {
            return word.substring(0, 1).toUpperCase(Locale.ROOT);
        }
        var characters = parts(CHARACTER, word);
        return characters.stream()
                .filter(character -> LETTER_OR_DIGIT.matcher(character).find())
                .findFirst()
                .orElse(characters.get(0))
                .toUpperCase(Locale.ROOT);
    }

    /** True if the first character is a letter or digit of ASCII without marks; looking for whole ones is slow. */
    private static boolean beginsPlainly(String word) {
        var first = word.charAt(0);
        return first < 0x80 && Character.isLetterOrDigit(first) && (word.length() == 1 || word.charAt(1) < 0x80);
    }

    private static List<String> parts(Pattern part, String text) {
        return part.matcher(text).results().map(found -> found.group()).toList();
    }
}
