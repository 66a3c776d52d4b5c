package dev.copresence.http;

import dev.copresence.Heartbeat;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a tab sends with each heartbeat. */
@Schema(name = "Heartbeat", description = "This tab is still here, and this is what it does.")
record HeartbeatBody(
        @NotNull @Schema(description = JoinBody.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull @Schema(description = JoinBody.TAB_ID, examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @NotNull @Schema(description = "True makes a claim to edit where the tab is, false ends it.")
        Boolean isEditing,

        @Schema(description = JoinBody.SECTION, examples = "install") @Nullable
        String section,

        @Schema(description = JoinBody.IS_TYPING) @Nullable Boolean isTyping,

        @Schema(description = JoinBody.IS_VISIBLE) @Nullable Boolean isVisible,

        @Schema(description = JoinBody.INCARNATION) @Nullable
        Double incarnation,

        @Size(max = 128)
        @Schema(description = "The etag of the snapshot that the tab has; it is sent again only if it changed.")
        @Nullable
        String known) {

    /** @throws RefusedException if a field breaks a rule of the domain */
    Heartbeat toHeartbeat(Clock wall) {
        return JoinBody.heartbeat(pagePath, tabId, isEditing, section, isTyping, isVisible, incarnation, wall);
    }

    /** Whether the tab has the snapshot with this etag; it may send the etag bare or as the header has it. */
    boolean knows(EncodedSnapshot snapshot) {
        return known != null && (known.equals(snapshot.etag()) || known.equals('"' + snapshot.etag() + '"'));
    }
}
