package dev.copresence;

/** The store cannot be asked now. Whether the call has changed something is not known; it may be made again. */
public class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String reason) {
        super(reason, null, false, false);
    }
}
