package dev.copresence;

import java.text.Normalizer;

/**
 * A part of a page, named as its heading's anchor: 1 to {@value #MAX_LENGTH} characters (Unicode code points) in NFC. It
 * holds no white space, as the ids of WHATWG HTML, section 3.2.6, have none, no controls and nothing invisible but where
 * it is spelling.
 */
public record Section(String value) implements Comparable<Section> {

    public static final int MAX_LENGTH = 128;

    /** The longest text that may have so few characters in NFC: each stands for at most four, of two chars each. */
    private static final int MAX_SPELLING = MAX_LENGTH * 4 * 2;

    /**
     * The section that {@code value} spells, composed or not.
     *
     * @throws InvalidValueException if it is not such a name; the message says why
     */
    public Section {
        value = isPlain(value) ? value : normal(value);
    }

    /** True of a name in ASCII, as most are. */
    private static boolean isPlain(String name) {
        for (var at = 0; at < name.length(); at++) {
            if (name.charAt(at) <= ' ' || name.charAt(at) >= 0x7F) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_LENGTH;
    }

    private static String normal(String spelling) {
        // First, since to normalise a long row of marks takes its square in time.
        if (spelling.length() > MAX_SPELLING) {
            throw badLength();
        }
        spelling.codePoints().forEach(Section::check);
        var name = Normalizer.normalize(spelling, Normalizer.Form.NFC);
        if (name.isEmpty() || name.codePointCount(0, name.length()) > MAX_LENGTH) {
            throw badLength();
        }
        var unseen = CodePoints.firstUnseen(name);
        if (unseen >= 0) {
            throw unseen(name.codePointAt(unseen), ", where it spells nothing");
        }
        return name;
    }

    private static void check(int c) {
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw new InvalidValueException("must not hold half a surrogate pair");
        }
        if (c <= ' ' || c >= 0x7F && c < 0xA0) {
            throw new InvalidValueException("must not hold white space or control characters, " + CodePoints.name(c));
        }
        if (CodePoints.isNeverSpelling(c)) {
            throw unseen(c, "");
        }
    }

    private static InvalidValueException badLength() {
        return new InvalidValueException("must have 1 to " + MAX_LENGTH + " characters");
    }

    private static InvalidValueException unseen(int c, String where) {
        return new InvalidValueException(
                "must not hold an invisible or text-direction character, " + CodePoints.name(c) + where);
    }

    /** Compares by code points, which is also the order of the names' bytes in UTF-8. */
    @Override
    public int compareTo(Section other) {
        var length = Math.min(value.length(), other.value.length());
        for (var i = 0; i < length; i++) {
            var ours = value.charAt(i);
            var theirs = other.value.charAt(i);
            if (ours != theirs) {
                // A pair of surrogates stands for a character behind all that need none.
                return Character.isSurrogate(ours) == Character.isSurrogate(theirs)
                        ? Character.compare(ours, theirs)
                        : Character.isSurrogate(ours) ? 1 : -1;
            }
        }
        return Integer.compare(value.length(), other.value.length());
    }

    @Override
    public String toString() {
        return value;
    }
}
