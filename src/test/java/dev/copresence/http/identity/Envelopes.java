package dev.copresence.http.identity;

/** What a test of other rooms may know of the envelopes in which instances tell one another of renewed sessions. */
public final class Envelopes {

    private Envelopes() {}

    /** The name under which the renewal of a session is told whose cookie had this value. */
    public static String name(String oldCookie) {
        return new SealedOutcome(oldCookie).name();
    }

    /** True if who has this old cookie can read the envelope. */
    public static boolean isOpenedBy(String oldCookie, String envelope) {
        return new SealedOutcome(oldCookie).open(envelope) != null;
    }
}
