package dev.copresence.access;

import dev.copresence.PagePath;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one place that decides who may do what on which page. */
@ApplicationScoped
public class Access {

    /** The decision, if it can be made on the spot; null if {@link #ask} has to be called for it. */
    public @Nullable Decision decide(Caller caller, PagePath page, Question question) {
        return Decision.EVERYTHING;
    }

    /** The decision, for which somebody may have to be asked; fails with {@link UndecidedException} if they cannot be. */
    public Uni<Decision> ask(Caller caller, PagePath page, Question question) {
        return Uni.createFrom().item(Decision.EVERYTHING);
    }

    /** The time after which what goes on without calls, a stream, has to be decided anew. */
    public Duration recheck() {
        return Duration.ofSeconds(30);
    }

    /** True if the caller may be on pages without being shown there. */
    public boolean mayHide(Caller caller) {
        return false;
    }

    /** The most that a caller who hides sees of others. */
    public Level hiddenSee() {
        return Level.COUNT;
    }
}
