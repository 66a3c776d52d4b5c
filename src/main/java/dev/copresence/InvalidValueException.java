package dev.copresence;

/** A caller's value that breaks a rule of the domain; its message is a sentence fit for that caller. */
public class InvalidValueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public InvalidValueException(String reason) {
        super(reason);
    }
}
