package dev.copresence.access;

import dev.copresence.Monotonic;
import dev.copresence.PagePath;
import dev.copresence.access.Answers.Subject;
import dev.copresence.access.Rule.Settled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The one place that decides who may do what on which page. */
@ApplicationScoped
public class Access {

    /*
     * Rules do not change while the service runs. Whatever else is remembered says itself how threads meet in it.
     */

    /** The time for which a question waits for others of the same caller. */
    private static final Duration GATHER_FOR = Duration.ofMillis(5);

    private final InstantSource wall;
    private final Rules rules;
    private final boolean takesGrants;
    private final Answers answers;
    private final Questions questions;
    private final Who mayHide;
    private final Level hiddenSee;
    private final Duration recheck;
    private final LongAdder stale = new LongAdder();

    @Inject
    Access(AccessConfig config, DecisionPoint point, @Monotonic InstantSource clock, Clock wall) {
        this(config, point, clock, wall, GATHER_FOR);
    }

    /**
     * Access by some settings.
     *
     * @param clock measures how long answers are good
     * @param wall says whether a grant has ended
     * @param gatherFor how long a question waits for others of the same caller; zero not to wait
     */
    protected Access(
            AccessConfig config, DecisionPoint point, InstantSource clock, InstantSource wall, Duration gatherFor) {
        this.wall = wall;
        var reader = new RulesReader(config);
        rules = reader.rules();
        takesGrants = reader.saysGrant();
        answers = new Answers(config.pdp(), clock);
        questions = new Questions(config.pdp(), point, answers, clock, gatherFor);
        mayHide = reader.mayHide();
        hiddenSee = config.hiddenSee();
        recheck = config.recheck();
    }

    /** The decision, if it can be made on the spot; null if {@link #ask} has to be called for it. */
    public @Nullable Decision decide(Caller caller, PagePath page, Question question) {
        var settled = settle(caller, page);
        if (settled.ask() == 0) {
            return Decision.of(settled.yes());
        }
        var answer = answers.fresh(subject(caller, page, settled.ask()), question);
        return answer == null ? null : Decision.of(settled.yes() | answer.yes());
    }

    /** The decision, for which somebody may have to be asked; fails with {@link UndecidedException} if they cannot be. */
    public Uni<Decision> ask(Caller caller, PagePath page, Question question) {
        var decided = decide(caller, page, question);
        if (decided != null) {
            return Uni.createFrom().item(decided);
        }
        var settled = settle(caller, page);
        var subject = subject(caller, page, settled.ask());
        return questions
                .ask(caller, subject)
                .invoke(answer -> answers.use(answer, question))
                .onFailure(UndecidedException.class)
                .recoverWithUni(undecided -> {
                    var known = answers.stale(subject, question);
                    if (known == null) {
                        return Uni.createFrom().failure(undecided);
                    }
                    stale.increment();
                    return Uni.createFrom().item(known);
                })
                .map(answer -> Decision.of(settled.yes() | answer.yes()));
    }

    private Settled settle(Caller caller, PagePath page) {
        var grant = caller.grant();
        return rules.settle(
                grant == null || wall.instant().isBefore(grant.until())
                        ? caller
                        : new Caller(caller.user(), caller.roles(), caller.groups()),
                page);
    }

    private static Subject subject(Caller caller, PagePath page, int asked) {
        return new Subject(caller.user().id(), caller.roles(), caller.groups(), page, asked);
    }

    /** The time after which what goes on without calls, a stream, has to be decided anew. */
    public Duration recheck() {
        return recheck;
    }

    /** True if the caller may be on pages without being shown there. */
    public boolean mayHide(Caller caller) {
        return mayHide.names(caller, false);
    }

    /** The most that a caller who hides sees of others. */
    public Level hiddenSee() {
        return hiddenSee;
    }

    /** True if a rule leaves something to what the application signs; grants are not looked at if not. */
    public boolean takesGrants() {
        return takesGrants;
    }

    /** False while the decision point has failed to answer again and again. */
    public boolean isDecisionPointAvailable() {
        return questions.isAvailable();
    }

    /** The number of requests that the decision point has answered. */
    public long answeredQuestions() {
        return questions.answered();
    }

    /** The number of requests that it has not answered, or not in a way that counts. */
    public long failedQuestions() {
        return questions.failed();
    }

    /** The number of questions that it was not asked, since too many wait or since it has failed again and again. */
    public long refusedQuestions() {
        return questions.refused();
    }

    /** The number of decisions that were kept beyond their time while it did not answer. */
    public long staleDecisions() {
        return stale.sum();
    }
}
