package dev.copresence.store.redis;

import dev.copresence.StoreUnavailableException;

/** Says that Redis holds what a version with another format has written. Nothing of it may be read or changed here. */
public final class OtherFormatException extends StoreUnavailableException {

    private static final long serialVersionUID = 1;

    OtherFormatException(String found) {
        super("Redis holds presence in format " + found + ", and this version keeps it in format " + CallTime.FORMAT
                + ": it needs another Redis or database, or this one emptied once all instances of the other version have"
                + " ended");
    }
}
