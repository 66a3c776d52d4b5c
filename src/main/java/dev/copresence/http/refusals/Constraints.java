package dev.copresence.http.refusals;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The constraints that the fields of a record have by their annotations, and the refusal of what breaks some of them. */
public final class Constraints {

    private Constraints() {}

    /**
     * The value itself, once all its constraints hold.
     *
     * @throws RefusedException that names every field whose constraint does not hold
     */
    public static <T> T check(Validator validator, T value) {
        var violations = validator.validate(value);
        if (!violations.isEmpty()) {
            throw new RefusedException(told(violations));
        }
        return value;
    }

    /** The violations as the caller is told them, in the order of the fields' names. */
    static List<Problem.Violation> told(Set<? extends ConstraintViolation<?>> violations) {
        return violations.stream()
                .map(Constraints::told)
                .sorted(Comparator.comparing(Problem.Violation::field).thenComparing(Problem.Violation::message))
                .toList();
    }

    /** An item of a list is named as the list is: on the wire, in a query, it has no other name. */
    private static Problem.Violation told(ConstraintViolation<?> violation) {
        var field = violation.getPropertyPath().iterator().next().getName();
        return new Problem.Violation(field, violation.getMessage());
    }
}
