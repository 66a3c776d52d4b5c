package dev.copresence.http.refusals;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.copresence.LeaseRefusedException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A refusal as the wire has it: a problem document of RFC 9457. */
@Schema(name = "Problem", description = "Why a request was refused (RFC 9457).")
public record Problem(
        @Schema(examples = "urn:copresence:problem:invalid-input")
        String type,

        @Schema(examples = "Bad Request") String title,
        @Schema(examples = "400") int status,

        @Schema(examples = "pagePath must be an absolute path: it starts with '/'")
        String detail,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Schema(description = "The bad fields, if it was for those.")
        List<Violation> violations,

        @Schema(examples = "editor-keeps", description = "Of lease-refused: why.") @Nullable
        String reason,

        @Schema(description = "Of lease-refused: who holds the lease; absent if nobody does, or they are not shown.")
        @Nullable
        PersonBody editor,

        @Schema(examples = "119000", description = "Of lease-refused: in how many ms asking may be worth another try.")
        @Nullable
        Long retryAfterMs) {

    /** The media type of RFC 9457. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** A bad field, named as on the wire, and what is wrong with it. */
    @Schema(name = "Violation")
    public record Violation(
            @Schema(examples = "pagePath") String field,

            @Schema(examples = "must be an absolute path: it starts with '/'")
            String message) {}

    static Problem of(Refusal refusal, String detail, List<Violation> violations) {
        return new Problem(typeOf(refusal), refusal.title(), refusal.status(), detail, violations, null, null, null);
    }

    /** The document of a refusal that shows so much of the editor, or nothing if that is null. */
    static Problem of(LeaseRefusedException refused, @Nullable PersonBody editor) {
        var refusal = Refusal.LEASE_REFUSED;
        return new Problem(
                typeOf(refusal),
                refusal.title(),
                refusal.status(),
                "This cannot be done: " + refused.reason().sentence() + ".",
                List.of(),
                reasonOf(refused.reason()),
                editor,
                refused.waiting().isZero() ? null : refused.waiting().toMillis());
    }

    /** The refusal of a text that would hide another; {@code writer} wrote that, or nobody in particular is named. */
    static Problem ofChange(String detail, @Nullable PersonBody writer) {
        var refusal = Refusal.TEXT_CHANGED;
        return new Problem(
                typeOf(refusal), refusal.title(), refusal.status(), detail, List.of(), "changed", writer, null);
    }

    /** The URI that names the kind of a problem. */
    public static String typeOf(Refusal refusal) {
        return "urn:copresence:problem:" + refusal.reason();
    }

    /** The word for why a lease is refused. */
    public static String reasonOf(LeaseRefusedException.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String summary(List<Violation> violations) {
        return violations.stream()
                .map(violation -> violation.field() + " " + violation.message())
                .collect(Collectors.joining("; "));
    }
}
