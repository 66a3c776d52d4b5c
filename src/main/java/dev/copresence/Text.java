package dev.copresence;

/** The tests that strings from outside have to pass before they may be shown or sent on. */
public final class Text {

    private Text() {}

    /** True if {@code text} can be written as UTF-8: each surrogate in it has its other half. */
    public static boolean isWellFormed(CharSequence text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** {@code text} without an end beyond {@code maxLength} characters, never cut within a surrogate pair. */
    public static String cut(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength);
    }
}
