package dev.copresence;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The board on which the instances of the service tell one another of login sessions: who renews one just now, what came of it, and which
 * have ended. Names and notes are opaque; whoever reads the board learns nothing that they could log in with.
 */
public interface SessionBoard {

    /**
     * Asks for the turn at renewing a session, which one caller has at a time, until it posts the outcome, gives the turn back or
     * the time is over.
     *
     * @param renewal the name of what is renewed, the same on all instances
     */
    Uni<Turn> claim(String renewal, Duration atMost);

    /** Posts what the renewal has led to, for whoever asks for the turn within that time. */
    Uni<Void> post(String renewal, String outcome, Duration keep);

    /** Gives the turn back without an outcome. */
    Uni<Void> giveBack(String renewal);

    /** Says that a session has ended; whatever was issued for it until that moment is no good any more. */
    Uni<Void> end(Ending ending, Duration keep);

    /** The moment at which a session was ended; empty if nobody has said so. */
    Uni<Optional<Instant>> endOf(String session);

    /** Has the listener told of each ending that another instance says, within seconds, on any thread. */
    void listen(Consumer<Ending> listener);

    /** A session by its name, and the moment at which it was ended. */
    record Ending(String session, Instant at) {}

    /**
     * The answer to a claim.
     *
     * @param isOurs true if the caller has the turn
     * @param outcome what the renewal has led to; null while somebody has the turn
     */
    record Turn(boolean isOurs, @Nullable String outcome) {

        /** The caller's turn. */
        public static final Turn OURS = new Turn(true, null);

        /** Somebody else's turn, which lasts. */
        public static final Turn THEIRS = new Turn(false, null);
    }
}
