package dev.copresence.access;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A decision point of a test's own, which notes what it is asked and answers when the test lets it. */
final class FakePoint implements DecisionPoint {

    /** A request that it got. */
    record Asked(Caller caller, List<Evaluation> evaluations, UniEmitter<? super List<Boolean>> answer) {

        void answer(Predicate<Evaluation> yes) {
            answer.complete(evaluations.stream().map(yes::test).toList());
        }
    }

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile Predicate<Evaluation> yes = evaluation -> true;
    private volatile boolean fails;
    private volatile boolean waits;

    /** Answers so from now on, at once. */
    void answers(Predicate<Evaluation> yes) {
        this.yes = yes;
        fails = false;
        waits = false;
    }

    /** Fails from now on, at once. */
    void fails() {
        fails = true;
        waits = false;
    }

    /** Leaves it to the test from now on. */
    void waits() {
        waits = true;
    }

    @Override
    public Uni<List<Boolean>> decide(Caller caller, List<Evaluation> evaluations) {
        return Uni.createFrom().emitter(emitter -> {
            var request = new Asked(caller, evaluations, emitter);
            asked.add(request);
            if (fails) {
                emitter.fail(new IllegalStateException("as it was told to"));
            } else if (!waits) {
                request.answer(yes);
            }
        });
    }
}
