package dev.copresence.access;

/** Thrown if a decision cannot be made now, since whoever decides cannot be asked. Nothing is allowed then. */
public class UndecidedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UndecidedException() {
        super("Nobody can say now whether this is allowed", null, false, false);
    }
}
