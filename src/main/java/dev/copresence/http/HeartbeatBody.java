package dev.copresence.http;

import dev.copresence.Heartbeat;
import dev.copresence.Incarnation;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Is;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A heartbeat of a tab as the wire has it. */
@Schema(name = "Heartbeat", description = "This tab is still here, and this is what it does.")
record HeartbeatBody(
        @NotNull @Is(PagePath.class) @Schema(description = FieldTexts.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull
        @Is(TabId.class)
        @Schema(description = FieldTexts.TAB_ID, format = "uuid", examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @NotNull @Schema(description = "True makes a claim to edit where the tab is, false ends it.")
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
        Double incarnation,

        @Size(max = 128)
        @Schema(description = "The etag of the snapshot that the tab has; it is sent again only if it changed.")
        @Nullable
        String known,

        @Schema(
                description =
                        "True if the tab has a receipt for the fence that it was told of last; it is given another one"
                                + " only for another fence, or when half of its time is over.")
        @Nullable
        Boolean receiptKnown) {

    /** The heartbeat in the domain's words; the constraints of the body must hold. */
    Heartbeat toHeartbeat() {
        // It says what a join says, and more.
        return new JoinBody(pagePath, tabId, isEditing, section, isTyping, isVisible, isListed, incarnation)
                .toHeartbeat();
    }

    /** True if the tab has a receipt for the fence that it was told of last. */
    boolean knowsReceipt() {
        return Boolean.TRUE.equals(receiptKnown);
    }

    /** True if the tab has the snapshot with this etag; it may send the etag bare or as the header has it. */
    boolean knows(String etag) {
        return EntityTags.isKnown(known, etag);
    }
}
