package dev.copresence.http;

import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.UserId;
import dev.copresence.http.refusals.Is;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A question that is asked before a page is saved, as the wire has it. */
@Schema(name = "Verify", description = "Whether this fence is the present one, and who asks its holder.")
record VerifyBody(
        @NotNull @Is(PagePath.class) @Schema(description = FieldTexts.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull @Schema(description = "Under which the page was edited.", examples = "1795467000000000")
        Long fence,

        @Is(Section.class) @Schema(description = FieldTexts.LEASE_SECTION, examples = "install") @Nullable
        String section,

        @Is(UserId.class)
        @Schema(
                description =
                        "Who has to hold the lease; the caller if absent. Another needs the role copresence-verifier.",
                examples = "5b0c6a3e")
        @Nullable
        String userId) {

    /** A question whether a lease is held, in the domain's words; without a user it is about the caller. */
    record Question(
            PagePath page,
            @Nullable Section section,
            long fence,
            @Nullable UserId user) {}

    /** The question in the domain's words; the constraints of the body must hold. */
    Question toQuestion() {
        return new Question(
                new PagePath(pagePath),
                section == null ? null : new Section(section),
                fence,
                userId == null ? null : new UserId(userId));
    }
}
