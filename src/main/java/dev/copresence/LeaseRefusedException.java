package dev.copresence;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call about a lease that cannot be followed as things stand; it changes nothing. */
public class LeaseRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient @Nullable User editor;
    private final Duration wait;

    /** Why. */
    public enum Reason {
        /** The fence is not the present one, or another user holds it. */
        LOST("the lease is not, or no longer, this user's under this fence"),

        /** The tab makes no claim there. */
        NO_CLAIM("this tab makes no claim there"),

        /** The tab's claim waits. */
        NOT_EDITOR("this tab does not hold the lease"),

        /** There is nothing to answer. */
        NOT_REQUESTED("nobody waits for an answer"),

        /** One request stands at a time. */
        REQUESTED_BY_OTHER("somebody else has asked before"),

        /** The editor has refused, not long ago. */
        EDITOR_KEEPS("the editor has been asked not long ago and keeps the lease"),

        /** A take-over cannot be refused. */
        MUST_YIELD("the lease is being taken over, which cannot be refused");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }

        /** The reason in a sentence for the caller. */
        public String sentence() {
            return sentence;
        }
    }

    /**
     * A refusal.
     *
     * @param editor who holds the lease, or null if nobody does
     * @param wait when it may be worth another try; zero if that cannot be said
     */
    public LeaseRefusedException(Reason reason, @Nullable User editor, Duration wait) {
        super(reason.sentence, null, false, false);
        this.reason = reason;
        this.editor = editor;
        this.wait = wait;
    }

    public Reason reason() {
        return reason;
    }

    /** The holder of the lease, or null if nobody holds it. */
    public @Nullable User editor() {
        return editor;
    }

    /** The time after which another try may succeed; zero if that cannot be said. */
    public Duration waiting() {
        return wait;
    }
}
