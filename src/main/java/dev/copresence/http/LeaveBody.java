package dev.copresence.http;

import dev.copresence.Incarnation;
import dev.copresence.Leave;
import dev.copresence.PagePath;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Is;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A tab's message that it goes, as the wire has it. */
@Schema(name = "Leave", description = "This tab no longer shows this page.")
record LeaveBody(
        @NotNull @Is(PagePath.class) @Schema(description = FieldTexts.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull
        @Is(TabId.class)
        @Schema(description = FieldTexts.TAB_ID, format = "uuid", examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @Schema(
                description =
                        "Whether the document goes away, as in a reload: the leave then waits for the tab to come back.")
        @Nullable
        Boolean unloading,

        @Is(Incarnation.class) @Schema(description = FieldTexts.INCARNATION) @Nullable
        Double incarnation) {

    /** The leave in the domain's words; the constraints of the body must hold. */
    Leave toLeave() {
        return new Leave(
                TabId.of(tabId),
                new PagePath(pagePath),
                Boolean.TRUE.equals(unloading),
                incarnation == null ? null : new Incarnation(incarnation));
    }
}
