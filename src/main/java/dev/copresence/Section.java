package dev.copresence;

/**
 * A part of a page, named as its heading's anchor: 1 to {@value #MAX_LENGTH} characters without white space, as the ids of
 * WHATWG HTML, section 3.2.6, have none, and without controls.
 */
public record Section(String value) implements Comparable<Section> {

    public static final int MAX_LENGTH = 128;

    /** @throws InvalidValueException if {@code value} is not such a name */
    public Section {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new InvalidValueException("must have 1 to " + MAX_LENGTH + " characters");
        }
        if (!Text.isWellFormed(value)) {
            throw new InvalidValueException("must not hold half a surrogate pair");
        }
        if (value.codePoints().anyMatch(Section::isForbidden)) {
            throw new InvalidValueException("must not hold white space or control characters");
        }
    }

    private static boolean isForbidden(int character) {
        return Character.isWhitespace(character)
                || Character.isSpaceChar(character)
                || Character.isISOControl(character)
                || Character.getType(character) == Character.FORMAT;
    }

    /** By code points, which is also the order of the names' bytes in UTF-8. */
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
