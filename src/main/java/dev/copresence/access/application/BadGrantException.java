package dev.copresence.access.application;

/** Thrown if a grant is not one that can be taken. Its message says why, without anybody's name or page. */
public class BadGrantException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadGrantException(String reason) {
        super(reason, null, false, false);
    }
}
