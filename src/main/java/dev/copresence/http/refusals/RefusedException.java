package dev.copresence.http.refusals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A request that this edge refuses, with a sentence for the caller. */
public class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Refusal refusal;
    private final String detail;
    private final transient List<Problem.Violation> violations;
    private final @Nullable Duration retryAfter;

    public RefusedException(Refusal refusal, String detail) {
        this(refusal, detail, List.of(), null);
    }

    public RefusedException(Refusal refusal, String detail, Duration retryAfter) {
        this(refusal, detail, List.of(), retryAfter);
    }

    /** Input with bad fields, each named as on the wire. */
    public RefusedException(List<Problem.Violation> violations) {
        this(Refusal.INVALID_INPUT, Problem.summary(violations), violations, null);
    }

    /** What cannot be had now; callers come back at different times, so that nobody is met by all of them at once. */
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

    private RefusedException(
            Refusal refusal, String detail, List<Problem.Violation> violations, @Nullable Duration retryAfter) {
        super(detail, null, false, false);
        this.refusal = refusal;
        this.detail = detail;
        this.violations = violations;
        this.retryAfter = retryAfter;
    }

    /** The document that tells the caller. */
    public Problem problem() {
        return Problem.of(refusal, detail, violations);
    }

    Refusal refusal() {
        return refusal;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
