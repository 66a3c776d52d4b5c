package dev.copresence.http;

import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.Leave;
import dev.copresence.PagePath;
import dev.copresence.PresenceRegistry;
import dev.copresence.access.Access;
import dev.copresence.access.Caller;
import dev.copresence.access.Decision;
import dev.copresence.access.Level;
import dev.copresence.access.Question;
import dev.copresence.access.UndecidedException;
import dev.copresence.http.door.EventLoop;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The place where a call is let through to a page or refused. The store is asked after that, so that neither the bytes of a
 * refusal nor its time tell whether anybody is there.
 */
@ApplicationScoped
class PageAccess {

    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final Access access;
    private final PresenceRegistry registry;

    PageAccess(Access access, PresenceRegistry registry) {
        this.access = access;
        this.registry = registry;
    }

    /** Does what a caller wants of a page if they may know it; fails with a {@link RefusedException} if not, or if nobody can say. */
    <T> Uni<T> on(PagePath page, Caller caller, Question question, Function<Decision, Uni<T>> use) {
        return decided(page, caller, question, use, () -> Uni.createFrom().failure(forbidden()));
    }

    /** Does the same for who wants to edit, and refuses those who may only look. */
    <T> Uni<T> toEdit(PagePath page, Caller caller, Question question, Function<Decision, Uni<T>> use) {
        return on(
                page,
                caller,
                question,
                decision -> decision.edit()
                        ? use.apply(decision)
                        : Uni.createFrom()
                                .failure(new RefusedException(Refusal.FORBIDDEN, "You may not edit this page.")));
    }

    /**
     * Does the same for a tab that beats. One that is refused is no longer on the page, nor is its claim: the right may be
     * gone since.
     *
     * @throws RefusedException if the tab is to be unlisted, and the caller is none of those who may hide
     */
    <T> Uni<T> forTab(Heartbeat heartbeat, Caller caller, Function<Decision, Uni<T>> use) {
        if (!heartbeat.listed() && !access.mayHide(caller)) {
            throw new RefusedException(List.of(new Problem.Violation("isListed", "must not be false for this user")));
        }
        var question = Boolean.TRUE.equals(heartbeat.editing()) ? Question.CLAIM : Question.SEE;
        return decided(
                heartbeat.page(),
                caller,
                question,
                use,
                () -> leave(caller, new Leave(heartbeat.tab(), heartbeat.page(), false, heartbeat.incarnation())));
    }

    /** Ends a tab's presence, and refuses the leave as any call if the page is not for the caller. */
    Uni<Void> leave(Leave leave, Caller caller) {
        return decided(
                leave.page(),
                caller,
                Question.SEE,
                decision -> registry.leave(caller.user(), leave),
                () -> leave(caller, leave));
    }

    private <T> Uni<T> leave(Caller caller, Leave leave) {
        // Whatever becomes of it: a refusal is the same for all causes.
        return registry.leave(caller.user(), leave)
                .onItemOrFailure()
                .transformToUni((left, failure) -> Uni.createFrom().failure(forbidden()));
    }

    /** The most that is seen by who says so of their tab: all, or what those see who hide. */
    Level most(boolean listed) {
        return listed ? Level.NAMES : access.hiddenSee();
    }

    /** The level at which a tab is answered: who hides sees less, and who claims does not hide. The claim may be null for none. */
    Level level(Decision decision, Heartbeat heartbeat, @Nullable Editing editing) {
        var claims = editing instanceof Editing.Granted || editing instanceof Editing.Waiting;
        return decision.seeing(most(heartbeat.listed() || claims)).level();
    }

    /** The decisions about some pages; fails if nobody can say about one of them. */
    Uni<Map<PagePath, Decision>> about(Set<PagePath> pages, Caller caller) {
        Map<PagePath, Decision> made = new LinkedHashMap<>();
        List<Uni<Decision>> asked = new ArrayList<>();
        for (var page : pages) {
            var decision = access.decide(caller, page, Question.SEE);
            // In the order of the pages, whatever is known later.
            made.put(page, decision == null ? Decision.NOTHING : decision);
            if (decision == null) {
                asked.add(ask(page, caller, Question.SEE).invoke(told -> made.put(page, told)));
            }
        }
        // All at once, so that they go to whoever decides as one question.
        return asked.isEmpty()
                ? Uni.createFrom().item(made)
                : Uni.join().all(asked).andFailFast().replaceWith(made);
    }

    private <T> Uni<T> decided(
            PagePath page, Caller caller, Question question, Function<Decision, Uni<T>> use, Supplier<Uni<T>> refuse) {
        var decision = access.decide(caller, page, question);
        if (decision != null) {
            return decision.view() ? use.apply(decision) : refuse.get();
        }
        return ask(page, caller, question).chain(made -> made.view() ? use.apply(made) : refuse.get());
    }

    /** The decision that could not be made on the spot. */
    private Uni<Decision> ask(PagePath page, Caller caller, Question question) {
        return access.ask(caller, page, question)
                // Many may wait for one answer, each to go on where it came from.
                .emitOn(EventLoop.current())
                .onFailure(UndecidedException.class)
                .transform(undecided -> new RefusedException(
                        Refusal.UNAVAILABLE, "Nobody can say now whether this page is open to you.", ASK_AGAIN));
    }

    private static RefusedException forbidden() {
        return new RefusedException(Refusal.FORBIDDEN, "This page is not open to you here.");
    }

    /** The refusal of a call that is about nothing but pages that are not for the caller. */
    static <T> Uni<T> refuse() {
        return Uni.createFrom().failure(forbidden());
    }
}
