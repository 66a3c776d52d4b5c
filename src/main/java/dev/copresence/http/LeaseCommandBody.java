package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import dev.copresence.LeaseCommand;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Fields;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a tab sends that says something about a lease. */
@Schema(name = "LeaseCommand", description = "This tab says something about the lease of its page or section.")
record LeaseCommandBody(
        @NotNull @Schema(description = JoinBody.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull @Schema(description = JoinBody.TAB_ID, examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @Schema(description = SECTION, examples = "install") @Nullable
        String section) {

    static final String SECTION = "Whose lease it is about; without it that of the page as a whole.";

    /** @throws RefusedException if a field breaks a rule of the domain */
    LeaseCommand toCommand(LeaseCommand.Kind kind) {
        var fields = new Fields();
        var page = fields.read("pagePath", pagePath, PagePath::new);
        var tab = fields.read("tabId", tabId, TabId::of);
        var place = fields.readOptional("section", section, Section::new);
        fields.check();
        return new LeaseCommand(kind, requireNonNull(tab), requireNonNull(page), place);
    }
}
