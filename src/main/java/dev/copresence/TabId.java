package dev.copresence;

import java.util.UUID;

/** One browser document of a user: a UUID, kept as its 128 bits. Two users may send the same one and mean two tabs. */
public record TabId(long mostSignificantBits, long leastSignificantBits) {

    private static final String FORM = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    /**
     * The tab that {@code text} names.
     *
     * @throws InvalidValueException if it is not a UUID in its form of 36 characters (RFC 9562, section 4)
     */
    public static TabId of(String text) {
        if (!isOfForm(text)) {
            throw new InvalidValueException("must be a UUID of 36 characters");
        }
        var uuid = UUID.fromString(text);
        return new TabId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    private static boolean isOfForm(String text) {
        if (text.length() != FORM.length()) {
            return false;
        }
        for (var at = 0; at < text.length(); at++) {
            var letter = text.charAt(at);
            if (FORM.charAt(at) == '-' ? letter != '-' : !isHexDigit(letter)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHexDigit(char letter) {
        return letter >= '0' && letter <= '9' || letter >= 'a' && letter <= 'f' || letter >= 'A' && letter <= 'F';
    }

    @Override
    public String toString() {
        return new UUID(mostSignificantBits, leastSignificantBits).toString();
    }
}
