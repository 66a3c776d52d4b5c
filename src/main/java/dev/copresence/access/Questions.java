package dev.copresence.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.copresence.UserId;
import dev.copresence.access.Answers.Answer;
import dev.copresence.access.Answers.Subject;
import dev.copresence.access.DecisionPoint.Evaluation;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The questions to the decision point that wait or are under way: each is asked once for all who want to know, those of one caller go
 * together, and there are no more of either than the settings allow.
 */
final class Questions {

    /*
     * Any thread asks, and any thread brings an answer. What waits, and how much is under way, is guarded by this object; nothing
     * is sent, and nobody is told, while it is held. A flight is in its map until its answer is remembered, so whoever comes later
     * finds one or the other.
     */

    private static final Logger LOG = Logger.getLogger(Questions.class.getName());

    /** The most evaluations in one request. */
    static final int MOST_EVALUATIONS = 50;

    private record Asker(UserId user, Set<String> roles, Set<String> groups) {}

    private record Pending(Subject subject, List<Evaluation> evaluations, CompletableFuture<Answer> flight) {}

    /** Questions that go in one request. */
    private final class Batch {
        private final Caller caller;
        private final boolean isAttempt;
        private final Instant since;
        private final List<Pending> questions = new ArrayList<>();
        private int evaluations;

        Batch(Caller caller, boolean isAttempt) {
            this.caller = caller;
            this.isAttempt = isAttempt;
            since = clock.instant();
        }

        void add(Pending question) {
            questions.add(question);
            evaluations += question.evaluations.size();
        }

        boolean isOverdue() {
            return clock.instant().isAfter(since.plus(timeout));
        }
    }

    private final DecisionPoint point;
    private final Answers answers;
    private final InstantSource clock;
    private final CircuitBreaker breaker;
    private final Duration gatherFor;
    private final Duration timeout;
    private final int mostInFlight;
    private final int mostWaiting;
    private final ConcurrentMap<Subject, CompletableFuture<Answer>> flights = new ConcurrentHashMap<>();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();

    @GuardedBy("this")
    private final Map<Asker, Batch> gathering = new HashMap<>();

    @GuardedBy("this")
    private final Deque<Batch> ready = new ArrayDeque<>();

    @GuardedBy("this")
    private int waiting;

    @GuardedBy("this")
    private int inFlight;

    /** @param gatherFor the time for which a question waits for others of the same caller; zero not to wait */
    Questions(AccessConfig.Pdp config, DecisionPoint point, Answers answers, InstantSource clock, Duration gatherFor) {
        this.point = point;
        this.answers = answers;
        this.clock = clock;
        this.gatherFor = gatherFor;
        breaker = new CircuitBreaker(clock);
        timeout = config.timeout();
        mostInFlight = config.inFlight();
        mostWaiting = config.waiting();
    }

    /** The answer to a question, asked now or under way already; an {@link UndecidedException} if there is none. */
    Uni<Answer> ask(Caller caller, Subject subject) {
        return Uni.createFrom().deferred(() -> {
            var flight = new CompletableFuture<Answer>();
            var ahead = flights.putIfAbsent(subject, flight);
            if (ahead == null) {
                begin(caller, new Pending(subject, evaluations(subject), flight));
            }
            // A copy, since whoever stops waiting would end the flight of all.
            return Uni.createFrom().completionStage((ahead == null ? flight : ahead).copy());
        });
    }

    private static List<Evaluation> evaluations(Subject subject) {
        List<Evaluation> evaluations = new ArrayList<>();
        for (var right : Right.values()) {
            if (right.isIn(subject.asked())) {
                evaluations.add(new Evaluation(right, subject.page()));
            }
        }
        return evaluations;
    }

    private void begin(Caller caller, Pending question) {
        var isThrown = breaker.isThrown();
        if (!breaker.mayTry()) {
            refuse(question);
            return;
        }
        var asker = new Asker(caller.user().id(), caller.roles(), caller.groups());
        Batch begun = null;
        var hasRoom = false;
        synchronized (this) {
            hasRoom = waiting < mostWaiting;
            if (hasRoom) {
                waiting++;
                var batch = gathering.get(asker);
                if (batch == null
                        || batch.isAttempt != isThrown
                        || batch.evaluations + question.evaluations.size() > MOST_EVALUATIONS) {
                    batch = new Batch(caller, isThrown);
                    // One that is full is taken from here by its own timer.
                    gathering.put(asker, batch);
                    begun = batch;
                }
                batch.add(question);
            }
        }
        if (!hasRoom) {
            refuse(question);
        } else if (begun != null) {
            gather(asker, begun);
        }
    }

    private void refuse(Pending question) {
        refused.increment();
        end(question, null);
    }

    private void gather(Asker asker, Batch batch) {
        if (gatherFor.isZero()) {
            makeReady(asker, batch);
            return;
        }
        Uni.createFrom().voidItem().onItem().delayIt().by(gatherFor).subscribe().with(later -> makeReady(asker, batch));
    }

    private void makeReady(Asker asker, Batch batch) {
        synchronized (this) {
            gathering.remove(asker, batch);
            ready.add(batch);
        }
        sendNext();
    }

    /** Sends as many as may be under way, and gives up those that have waited too long or would only fail. */
    private void sendNext() {
        for (var batch = next(); batch != null; batch = next()) {
            if (!batch.isAttempt && breaker.isThrown() || batch.isOverdue()) {
                synchronized (this) {
                    inFlight--;
                }
                batch.questions.forEach(this::refuse);
            } else {
                send(batch);
            }
        }
    }

    private synchronized @Nullable Batch next() {
        if (inFlight >= mostInFlight) {
            return null;
        }
        var batch = ready.poll();
        if (batch != null) {
            inFlight++;
            waiting -= batch.questions.size();
        }
        return batch;
    }

    private void send(Batch batch) {
        var evaluations = batch.questions.stream()
                .flatMap(question -> question.evaluations.stream())
                .toList();
        Uni.createFrom()
                .deferred(() -> point.decide(batch.caller, evaluations))
                .ifNoItem()
                .after(timeout)
                .failWith(() -> new IllegalStateException("It has not answered within " + timeout.toMillis() + " ms"))
                .invoke(decisions -> {
                    if (decisions.size() != evaluations.size()) {
                        throw new IllegalStateException("It has answered another number of questions than were asked");
                    }
                })
                .onTermination()
                .invoke(() -> {
                    synchronized (this) {
                        inFlight--;
                    }
                })
                .subscribe()
                .with(decisions -> answered(batch, decisions), failure -> failed(batch, failure));
    }

    private void answered(Batch batch, List<Boolean> decisions) {
        if (breaker.isThrown()) {
            LOG.info("The decision point answers again");
        }
        breaker.succeeded();
        answered.increment();
        var at = 0;
        for (var question : batch.questions) {
            var yes = 0;
            for (var evaluation : question.evaluations) {
                yes |= decisions.get(at++) ? evaluation.right().bit() : 0;
            }
            end(question, answers.remember(question.subject, yes));
        }
        sendNext();
    }

    private void failed(Batch batch, Throwable failure) {
        failed.increment();
        if (breaker.failed()) {
            LOG.warning(
                    "The decision point has failed " + CircuitBreaker.FAILURES + " times in a row, the last time so: "
                            + failure.getMessage() + ". It is asked once a second until it answers.");
        }
        batch.questions.forEach(question -> end(question, null));
        sendNext();
    }

    private void end(Pending question, @Nullable Answer answer) {
        flights.remove(question.subject, question.flight);
        if (answer == null) {
            question.flight.completeExceptionally(new UndecidedException());
        } else {
            question.flight.complete(answer);
        }
    }

    /** True unless the last questions have all failed. */
    boolean isAvailable() {
        return !breaker.isThrown();
    }

    /** The number of requests that were answered. */
    long answered() {
        return answered.sum();
    }

    /** The number of requests that have failed. */
    long failed() {
        return failed.sum();
    }

    /** The number of questions that were not asked, since too many wait or since the last ones have failed. */
    long refused() {
        return refused.sum();
    }
}
