package dev.copresence.http.identity;

import java.nio.charset.StandardCharsets;

/**
 * The proof of who sends a request, known again by its kind and a keyed hash of all of it: the memory of credentials is then
 * small, holds nothing that anybody could log in with, and cannot be crowded by whoever does not know the key.
 */
record Credential(Kind kind, long high, long low) {

    /** The ways to prove who one is; a text that is good as one of them is a stranger as the other. */
    enum Kind {
        /** An {@code Authorization} header. */
        BEARER,

        /** The cookies of a session. */
        SESSION
    }

    static Credential of(Kind kind, String text, SipHash keyed) {
        // Not ISO 8859-1, which would make one of all characters that it lacks.
        var hash = keyed.hash(text.getBytes(StandardCharsets.UTF_8));
        return new Credential(kind, hash.high(), hash.low());
    }

    @Override
    public int hashCode() {
        return (int) low;
    }
}
