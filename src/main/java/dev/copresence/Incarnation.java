package dev.copresence;

/** Which document of a tab speaks: a number that grows with each, so that late messages of an older one are known. */
public record Incarnation(double value) {

    /** @throws InvalidValueException if {@code value} is not finite */
    public Incarnation {
        if (!Double.isFinite(value)) {
            throw new InvalidValueException("must be a finite number");
        }
    }
}
