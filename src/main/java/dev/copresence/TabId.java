package dev.copresence;

import java.util.UUID;
import java.util.regex.Pattern;

/** One browser document of a user: a UUID, kept as its 128 bits. Two users may send the same one and mean two tabs. */
public record TabId(long mostSignificantBits, long leastSignificantBits) {

    private static final Pattern FORM =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    /**
     * The tab that {@code text} names.
     *
     * @throws InvalidValueException if it is not a UUID in its form of 36 characters (RFC 9562, section 4)
     */
    public static TabId of(String text) {
        if (text.length() != 36 || !FORM.matcher(text).matches()) {
            throw new InvalidValueException("must be a UUID of 36 characters");
        }
        var uuid = UUID.fromString(text);
        return new TabId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return new UUID(mostSignificantBits, leastSignificantBits).toString();
    }
}
