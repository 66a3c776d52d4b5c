package dev.copresence;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The state of a tab's claim to edit its page, or its section of the page. */
public sealed interface Editing {

    /**
     * The claim holds the lease.
     *
     * @param fence rises with each new holder, also across restarts: who saves with a lower one was overtaken
     * @param section whose lease it is, or null for the page's own
     * @param request who has asked for the lease and waits for an answer, or null
     */
    record Granted(
            long fence, @Nullable Section section, @Nullable Request request) implements Editing {

        /** The lease of a page as a whole. */
        public Granted(long fence, @Nullable Request request) {
            this(fence, null, request);
        }

        /** The lease of a page as a whole that nobody has asked for. */
        public Granted(long fence) {
            this(fence, null);
        }
    }

    /**
     * Somebody else's claim holds the lease.
     *
     * @param editor who that is
     * @param position how many claims stand before this one, at least 1; 0 for who takes the lease over, since all others
     *     come after it
     * @param request who has asked for the lease and waits for an answer, or null
     * @param keptFor for how long the editor, who has refused a request, is not asked again; zero if asking is open
     */
    record Waiting(UserId editor, int position, @Nullable Request request, Duration keptFor) implements Editing {

        /** A claim that waits for a lease that nobody has asked for. */
        public Waiting(UserId editor, int position) {
            this(editor, position, null, Duration.ZERO);
        }
    }

    /**
     * The tab held the lease until it went to another while the tab was there. Its claim has ended, and it makes a new one
     * only after it has said that it does not edit: what it has may no longer be saved over what the other does.
     *
     * @param to who got the lease then
     * @param editor who holds it now, or null if nobody does
     */
    record Lost(User to, @Nullable UserId editor) implements Editing {}

    /**
     * A wish to have the lease that the editor has not answered yet.
     *
     * @param by who has it, and gets the lease if the editor says nothing
     * @param left in what time that is, from now on
     * @param firm true for a take-over, which the editor cannot refuse: the time is for a last save
     */
    record Request(User by, Duration left, boolean firm) {

        /** A wish that the editor may refuse. */
        public Request(User by, Duration left) {
            this(by, left, false);
        }
    }
}
