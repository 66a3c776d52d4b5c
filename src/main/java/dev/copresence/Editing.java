package dev.copresence;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a tab's claim to edit its page, or its section of the page, stands. */
public sealed interface Editing {

    /** Who has asked for the lease and waits for an answer, or null. */
    @Nullable
    Request request();

    /**
     * The claim holds the lease.
     *
     * @param fence rises with each new holder, also across restarts: who saves with a lower one was overtaken
     */
    record Granted(long fence, @Nullable Request request) implements Editing {}

    /**
     * Somebody else's claim holds the lease.
     *
     * @param editor who that is
     * @param position how many claims stand before this one, at least 1
     * @param keptFor for how long the editor, who has refused a request, is not asked again; zero if there was none
     */
    record Waiting(UserId editor, int position, @Nullable Request request, Duration keptFor)
            implements Editing {}

    /**
     * A wish to have the lease that the editor has not answered yet.
     *
     * @param by who has it, and gets the lease if the editor says nothing
     * @param left in what time that is
     */
    record Request(User by, Duration left) {}
}
