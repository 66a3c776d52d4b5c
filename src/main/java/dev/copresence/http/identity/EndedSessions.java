package dev.copresence.http.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheUpkeep;
import dev.copresence.SessionBoard;
import dev.copresence.SessionBoard.Ending;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that were ended, here by {@code /logout} or at the provider, which then tells us by back-channel logout. Whatever
 * was issued for one of them is refused, however good it looks.
 */
@ApplicationScoped
class EndedSessions {

    private static final Logger LOG = Logger.getLogger(EndedSessions.class);

    /** The time for which an ending is kept: as long as a token of the session may be good; a provider that cannot end sessions gives us nothing better. */
    static final Duration KEPT = Duration.ofHours(12);

    private static final int MAX_KEPT = 100_000;

    private final SessionBoard board;
    private final Clock clock;
    private final Event<Ending> endings;

    /** The endings by the name of a session, or of all sessions of a user. */
    private final Cache<String, Instant> ended = Caffeine.newBuilder()
            .expireAfterWrite(KEPT)
            .executor(CacheUpkeep.ON_THE_SPOT)
            .maximumSize(MAX_KEPT)
            .build();

    EndedSessions(SessionBoard board, Clock clock, Event<Ending> endings) {
        this.board = board;
        this.clock = clock;
        this.endings = endings;
    }

    void listen(@Observes StartupEvent start) {
        board.listen(this::take);
    }

    /** Ends a session, here at once and on the other instances within seconds. */
    void end(LoginSession session) {
        end(session.session(), clock.instant());
    }

    private void end(String name, Instant at) {
        var ending = new Ending(name, at);
        take(ending);
        board.end(ending, KEPT)
                .subscribe()
                .with(
                        told -> {},
                        failure ->
                                LOG.debug("The other instances could not be told that a session has ended", failure));
    }

    private void take(Ending ending) {
        ended.put(ending.session(), ending.at());
        endings.fire(ending);
    }

    /** Ends a session of the provider's by its name there, as {@link #end(LoginSession)}. */
    void endOfProvider(String sid) {
        end(LoginSession.ofProvider(sid), clock.instant());
    }

    /** Ends all that a user was given until that moment. */
    void endAllOf(String subject, Instant until) {
        end(LoginSession.ofUser(subject), until);
    }

    /** True if the session has ended as far as this instance knows. */
    boolean isEndedHere(LoginSession session) {
        return ended.getIfPresent(session.session()) != null || session.isEndedBy(ending(session.user()));
    }

    private @Nullable Ending ending(String name) {
        var at = ended.getIfPresent(name);
        return at == null ? null : new Ending(name, at);
    }

    /** True if the session has ended as far as any instance knows that can be asked. */
    Uni<Boolean> isEnded(LoginSession session) {
        if (isEndedHere(session)) {
            return Uni.createFrom().item(true);
        }
        return board.endOf(session.session())
                .chain(end -> end.isPresent()
                        ? Uni.createFrom().item(true)
                        : board.endOf(session.user())
                                .map(all -> all.map(at -> session.isEndedBy(new Ending(session.user(), at)))
                                        .orElse(false)))
                // A store that is away must not sign anybody out.
                .onFailure()
                .recoverWithItem(false);
    }
}
