package dev.copresence;

/** The id of a user, as their identity provider gives it: not blank, at most {@value #MAX_LENGTH} characters. */
public record UserId(String value) {

    /** OpenID Connect Core, section 2, allows a subject 255 characters; other claims may be configured in its place. */
    public static final int MAX_LENGTH = 512;

    /** @throws InvalidValueException if {@code value} is blank, too long or not well-formed text */
    public UserId {
        if (value.isBlank() || value.length() > MAX_LENGTH) {
            throw new InvalidValueException("must have 1 to " + MAX_LENGTH + " characters that are not all blank");
        }
        if (!Text.isWellFormed(value)) {
            throw new InvalidValueException("must not hold half a surrogate pair");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
