package dev.copresence;

/** How a tab's claim to edit its page stands. */
public sealed interface Editing {

    /**
     * The claim holds the page's lease.
     *
     * @param fence rises with each new holder of a page, also across restarts: who saves with a lower one was overtaken
     */
    record Granted(long fence) implements Editing {}

    /**
     * Somebody else's older claim holds the lease.
     *
     * @param editor who that is
     * @param position how many claims stand before this one, at least 1
     */
    record Waiting(UserId editor, int position) implements Editing {}
}
