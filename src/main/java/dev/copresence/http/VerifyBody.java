package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.UserId;
import dev.copresence.http.refusals.Fields;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What is asked before a page is saved. */
@Schema(name = "Verify", description = "Whether this fence is the present one, and who asks its holder.")
record VerifyBody(
        @NotNull @Schema(description = JoinBody.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull @Schema(description = "Under which the page was edited.", examples = "1795467000000000")
        Long fence,

        @Schema(description = LeaseCommandBody.SECTION, examples = "install") @Nullable
        String section,

        @Schema(
                description =
                        "Who has to hold the lease; the caller if absent. Another needs the role copresence-verifier.",
                examples = "5b0c6a3e")
        @Nullable
        String userId) {

    /** What is asked, in the domain's words. */
    record Question(
            PagePath page,
            @Nullable Section section,
            long fence,
            @Nullable UserId user) {}

    /** @throws RefusedException if a field breaks a rule of the domain */
    Question toQuestion() {
        var fields = new Fields();
        var page = fields.read("pagePath", pagePath, PagePath::new);
        var place = fields.readOptional("section", section, Section::new);
        var user = fields.readOptional("userId", userId, UserId::new);
        fields.check();
        return new Question(requireNonNull(page), place, fence, user);
    }
}
