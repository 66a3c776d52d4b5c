package dev.copresence.http.refusals;

import dev.copresence.LeaseRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A request that this edge refuses, with a sentence for the caller. */
public class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Refusal refusal;
    private final transient Problem problem;
    private final @Nullable Duration retryAfter;

    public RefusedException(Refusal refusal, String detail) {
        this(refusal, Problem.of(refusal, detail, List.of()), null);
    }

    public RefusedException(Refusal refusal, String detail, Duration retryAfter) {
        this(refusal, Problem.of(refusal, detail, List.of()), retryAfter);
    }

    /** Input with bad fields, each named as on the wire. */
    public RefusedException(List<Problem.Violation> violations) {
        this(Refusal.INVALID_INPUT, Problem.of(Refusal.INVALID_INPUT, Problem.summary(violations), violations), null);
    }

    /** The refusal of a text that would hide one by {@code writer}, which its own writer has not seen. */
    public static RefusedException textChanged(@Nullable PersonBody writer) {
        var detail = "Somebody has saved another text since the one that this began with.";
        return new RefusedException(Refusal.TEXT_CHANGED, Problem.ofChange(detail, writer), null);
    }

    /** The refusal of a call about a lease, for who may see so much of its holder; null for nothing. */
    public static RefusedException leaseRefused(LeaseRefusedException refused, @Nullable PersonBody editor) {
        var wait = refused.waiting();
        return new RefusedException(Refusal.LEASE_REFUSED, Problem.of(refused, editor), wait.isZero() ? null : wait);
    }

    /** The refusal of what cannot be had now; callers come back at different times, so that nobody is met by all of them at once. */
    public static RefusedException unavailable(String detail) {
        return new RefusedException(
                Refusal.UNAVAILABLE,
                detail,
                Duration.ofSeconds(ThreadLocalRandom.current().nextInt(1, 6)));
    }

    /** The refusal of a body that is larger than {@link StrictJsonReader#MAX_BODY_BYTES}. */
    public static RefusedException bodyTooLarge() {
        var detail = "The body must not be larger than " + StrictJsonReader.MAX_BODY_BYTES + " bytes.";
        return new RefusedException(Refusal.BODY_TOO_LARGE, detail);
    }

    /** The refusal of a user who asks more often than the rate allows, and may ask again after {@code wait}. */
    public static RefusedException tooManyRequests(Duration wait) {
        return new RefusedException(Refusal.TOO_MANY_REQUESTS, "This user asks too often.", wait);
    }

    private RefusedException(Refusal refusal, Problem problem, @Nullable Duration retryAfter) {
        super(problem.detail(), null, false, false);
        this.refusal = refusal;
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    /** The document that tells the caller. */
    public Problem problem() {
        return problem;
    }

    Refusal refusal() {
        return refusal;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
