package dev.copresence.http.refusals;

import dev.copresence.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of one body on their way to the domain: all that are bad are told together. */
public final class Fields {

    private final List<Problem.Violation> violations = new ArrayList<>(0);

    /** The field's value, or null after noting what is wrong with it. */
    public <W, T> @Nullable T read(String field, W value, Function<W, T> reading) {
        try {
            return reading.apply(value);
        } catch (InvalidValueException e) {
            violations.add(new Problem.Violation(field, String.valueOf(e.getMessage())));
            return null;
        }
    }

    /** As {@link #read}, for a field that may be absent. */
    public <W, T> @Nullable T readOptional(String field, @Nullable W value, Function<W, T> reading) {
        return value == null ? null : read(field, value, reading);
    }

    /**
     * Ends the reading.
     *
     * @throws RefusedException if any field read so far was bad
     */
    public void check() {
        if (!violations.isEmpty()) {
            throw new RefusedException(List.copyOf(violations));
        }
    }
}
