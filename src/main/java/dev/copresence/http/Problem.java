package dev.copresence.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A refusal as the wire has it: a problem document of RFC 9457. */
@Schema(name = "Problem", description = "Why a request was refused (RFC 9457).")
record Problem(
        @Schema(examples = "urn:copresence:problem:invalid-input")
        String type,

        @Schema(examples = "Bad Request") String title,
        @Schema(examples = "400") int status,

        @Schema(examples = "pagePath must be an absolute path: it starts with '/'")
        String detail,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Schema(description = "The bad fields, if it was for those.")
        List<Violation> violations) {

    /** The media type of RFC 9457. */
    static final String MEDIA_TYPE = "application/problem+json";

    /** A bad field, named as on the wire, and what is wrong with it. */
    @Schema(name = "Violation")
    record Violation(
            @Schema(examples = "pagePath") String field,

            @Schema(examples = "must be an absolute path: it starts with '/'")
            String message) {}

    static Problem of(Refusal refusal, String detail, List<Violation> violations) {
        return new Problem(
                "urn:copresence:problem:" + refusal.reason(), refusal.title(), refusal.status(), detail, violations);
    }

    static String summary(List<Violation> violations) {
        return violations.stream()
                .map(violation -> violation.field() + " " + violation.message())
                .collect(Collectors.joining("; "));
    }
}
