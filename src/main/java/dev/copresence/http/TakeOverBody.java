package dev.copresence.http;

import dev.copresence.LeaseCommand;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Is;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A tab's command to take a lease over, as the wire has it. */
@Schema(name = "TakeOver", description = "This tab takes the lease of its page or section over.")
record TakeOverBody(
        @NotNull @Is(PagePath.class) @Schema(description = FieldTexts.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull
        @Is(TabId.class)
        @Schema(description = FieldTexts.TAB_ID, format = "uuid", examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @Is(Section.class) @Schema(description = FieldTexts.LEASE_SECTION, examples = "install") @Nullable
        String section,

        @Schema(description = "True leaves the editor no time to save; false if absent.") @Nullable
        Boolean now) {

    /** The command in the domain's words; the constraints of the body must hold. */
    LeaseCommand toCommand() {
        return new LeaseCommandBody(pagePath, tabId, section).toCommand(LeaseCommand.Kind.TAKE_OVER);
    }

    /** True if the editor is to have no time to save. */
    boolean leavesNoTime() {
        return Boolean.TRUE.equals(now);
    }
}
