package dev.copresence.http;

import dev.copresence.Heartbeat;
import dev.copresence.Incarnation;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Is;
import jakarta.validation.constraints.NotNull;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A tab's message that it comes to a page, as the wire has it. */
@Schema(name = "Join", description = "This tab now shows this page.")
record JoinBody(
        @NotNull @Is(PagePath.class) @Schema(description = FieldTexts.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull
        @Is(TabId.class)
        @Schema(description = FieldTexts.TAB_ID, format = "uuid", examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @Schema(
                description =
                        "True makes a claim to edit where the tab is, false ends it; without it a claim stays as it"
                                + " is, and without a section too the tab stays in that where it was.")
        @Nullable
        Boolean isEditing,

        @Is(Section.class) @Schema(description = FieldTexts.SECTION, examples = "install") @Nullable
        String section,

        @Schema(description = FieldTexts.IS_TYPING) @Nullable
        Boolean isTyping,

        @Schema(description = FieldTexts.IS_VISIBLE) @Nullable
        Boolean isVisible,

        @Schema(description = FieldTexts.IS_LISTED) @Nullable
        Boolean isListed,

        @Is(Incarnation.class) @Schema(description = FieldTexts.INCARNATION) @Nullable
        Double incarnation) {

    /** The join in the domain's words; the constraints of the body must hold. */
    Heartbeat toHeartbeat() {
        return new Heartbeat(
                TabId.of(tabId),
                new PagePath(pagePath),
                isEditing,
                section == null ? null : new Section(section),
                Boolean.TRUE.equals(isTyping),
                isVisible == null || isVisible,
                isListed == null || isListed,
                incarnation == null ? null : new Incarnation(incarnation));
    }
}
