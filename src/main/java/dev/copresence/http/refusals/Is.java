package dev.copresence.http.refusals;

import dev.copresence.Incarnation;
import dev.copresence.InvalidValueException;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.UserId;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A constraint that what came over the wire is a value of the domain. The domain's own check decides, and its message is told.
 * An absent value is valid: whether it may be absent is for {@code @NotNull} to say.
 */
@Constraint(validatedBy = {Is.TextCheck.class, Is.NumberCheck.class})
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.TYPE_USE})
public @interface Is {

    /** The type of the domain. */
    Class<?> value();

    /** Never told: the domain has its own words. */
    String message() default "is not valid";

    /** Groups of constraints, of which there is one here. */
    Class<?>[] groups() default {};

    /** The payload that the specification wants a constraint to have. */
    Class<? extends Payload>[] payload() default {};

    /** The check of a text. */
    final class TextCheck implements ConstraintValidator<Is, String> {

        private static final Map<Class<?>, Consumer<String>> CHECKS = Map.of(
                PagePath.class, PagePath::new,
                TabId.class, TabId::of,
                Section.class, Section::new,
                UserId.class, UserId::new);

        private Consumer<String> check = text -> {};

        @Override
        public void initialize(Is constraint) {
            var known = CHECKS.get(constraint.value());
            if (known == null) {
                throw new IllegalArgumentException("No text is a " + constraint.value());
            }
            check = known;
        }

        @Override
        public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
            if (text == null) {
                return true;
            }
            try {
                check.accept(text);
                return true;
            } catch (InvalidValueException e) {
                return tell(e, context);
            }
        }

        /** Tells what the domain has said, as it said it. */
        static boolean tell(InvalidValueException fault, ConstraintValidatorContext context) {
            var message = String.valueOf(fault.getMessage()).replaceAll("[\\\\{}$]", "\\\\$0");
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(message).addConstraintViolation();
            return false;
        }
    }

    /** The check of a number, which can only be an {@link Incarnation}. */
    final class NumberCheck implements ConstraintValidator<Is, Double> {

        @Override
        public boolean isValid(@Nullable Double number, ConstraintValidatorContext context) {
            if (number == null) {
                return true;
            }
            try {
                Incarnation.of(number, context.getClockProvider().getClock());
                return true;
            } catch (InvalidValueException e) {
                return TextCheck.tell(e, context);
            }
        }
    }
}
