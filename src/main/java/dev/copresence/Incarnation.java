package dev.copresence;

import java.time.Clock;
import java.time.Duration;

/** The document of a tab that speaks, as a number that grows with each, so that late messages of an older one are known. */
public record Incarnation(double value) {

    /** Clients count in ms since 1970; their clocks may be off, but not by this much. */
    private static final Duration AHEAD = Duration.ofDays(1);

    /** @throws InvalidValueException if {@code value} is not finite */
    public Incarnation {
        if (!Double.isFinite(value)) {
            throw new InvalidValueException("must be a finite number");
        }
    }

    /**
     * The incarnation that a client names. One from the far future would make the tab deaf to all that come after it.
     *
     * @param wall the time of the day, with which clients number their documents
     * @throws InvalidValueException if {@code value} is not finite, or more than a day ahead
     */
    public static Incarnation of(double value, Clock wall) {
        if (value > wall.instant().plus(AHEAD).toEpochMilli()) {
            throw new InvalidValueException("must not be more than a day ahead of the time, in ms since 1970");
        }
        return new Incarnation(value);
    }
}
