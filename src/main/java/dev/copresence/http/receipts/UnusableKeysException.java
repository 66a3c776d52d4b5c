package dev.copresence.http.receipts;

/** A set of keys that receipts cannot be signed with. The message ends a sentence that begins with what must be. */
public final class UnusableKeysException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableKeysException(String message) {
        super(message);
    }

    UnusableKeysException(String message, Throwable cause) {
        super(message, cause);
    }
}
