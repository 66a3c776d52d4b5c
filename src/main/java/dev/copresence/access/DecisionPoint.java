package dev.copresence.access;

import dev.copresence.PagePath;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** The one who decides what no rule can know: the application, or whoever does so for it. */
public interface DecisionPoint {

    /** The question whether the caller has a right on a page. */
    record Evaluation(Right right, PagePath page) {}

    /**
     * The decisions for one caller, as many as there are evaluations and in their order. Anything else is a failure, whatever it is;
     * whoever does not wait any longer cancels.
     */
    Uni<List<Boolean>> decide(Caller caller, List<Evaluation> evaluations);
}
