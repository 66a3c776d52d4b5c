package dev.copresence.http;

import dev.copresence.PagePath;
import dev.copresence.access.Access;
import dev.copresence.access.AccessSettings;
import dev.copresence.access.Caller;
import dev.copresence.access.Decision;
import dev.copresence.access.Level;
import dev.copresence.access.Question;
import dev.copresence.access.UndecidedException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Access as a test chooses it; what it says nothing about is open. Decisions are told at once or a moment later. */
final class ChosenAccess extends Access {

    static final Duration RECHECK = Duration.ofSeconds(30);

    private final Map<PagePath, Decision> chosen = new ConcurrentHashMap<>();
    private final Map<PagePath, Boolean> undecided = new ConcurrentHashMap<>();
    private volatile boolean asked;

    /** The most that those see who hide; null if nobody may. */
    private volatile @Nullable Level hiddenSee;

    ChosenAccess() {
        super(
                AccessSettings.of(),
                (caller, evaluations) -> Uni.createFrom().nothing(),
                InstantSource.fixed(Instant.EPOCH),
                InstantSource.fixed(Instant.EPOCH),
                Duration.ZERO);
    }

    /** Has everybody be allowed to hide, and see that much at most while they do. */
    void allowHiding(Level most) {
        hiddenSee = most;
    }

    @Override
    public boolean mayHide(Caller caller) {
        return hiddenSee != null;
    }

    @Override
    public Level hiddenSee() {
        var most = hiddenSee;
        return most == null ? Level.COUNT : most;
    }

    void decide(String page, boolean view, Level level, boolean edit) {
        chosen.put(new PagePath(page), new Decision(view, level, edit));
    }

    void close(String page) {
        chosen.put(new PagePath(page), Decision.NOTHING);
    }

    /** Has nobody able to say about a page. */
    void leaveUndecided(String page) {
        undecided.put(new PagePath(page), true);
    }

    /** Has somebody asked for each decision from now on, so that it comes later. */
    void askForAll() {
        asked = true;
    }

    @Override
    public @Nullable Decision decide(Caller caller, PagePath page, Question question) {
        return asked || undecided.containsKey(page) ? null : chosen.getOrDefault(page, Decision.EVERYTHING);
    }

    @Override
    public Uni<Decision> ask(Caller caller, PagePath page, Question question) {
        return undecided.containsKey(page)
                ? Uni.createFrom().failure(new UndecidedException())
                : Uni.createFrom()
                        .item(chosen.getOrDefault(page, Decision.EVERYTHING))
                        .onItem()
                        .delayIt()
                        .by(Duration.ofMillis(1));
    }

    @Override
    public Duration recheck() {
        return RECHECK;
    }
}
