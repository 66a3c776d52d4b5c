package dev.copresence;

import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Something that is done again and again and that no failure ends. Of failures in a row the first is logged, so that what is
 * done every second does not fill the log.
 */
public final class Recurring {

    private static final Logger LOG = Logger.getLogger(Recurring.class.getName());

    private final String name;

    /** True if the last time has failed; two threads may both take theirs for the first. */
    private volatile boolean failing;

    /** @param name what does it, for the log: "The sweep" */
    public Recurring(String name) {
        this.name = name;
    }

    /** Does {@code task} once, and throws nothing. */
    public void run(Runnable task) {
        try {
            task.run();
            succeeded();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** Does once what ends later, and never fails. */
    public Uni<Void> start(Supplier<Uni<Void>> task) {
        return Uni.createFrom()
                .deferred(task::get)
                .invoke(this::succeeded)
                .onFailure()
                .invoke(this::failed)
                .onFailure()
                .recoverWithNull();
    }

    /** Takes note that it was done, for what tells so in another way. */
    void succeeded() {
        if (failing) {
            failing = false;
        }
    }

    /** Takes note that it has failed, for what tells so in another way. */
    void failed(Throwable failure) {
        if (!failing) {
            failing = true;
            LOG.log(
                    Level.WARNING,
                    failure,
                    () -> name + " has failed, and goes on; it is not told again until it succeeds");
        }
    }
}
