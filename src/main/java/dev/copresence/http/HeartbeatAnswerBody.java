package dev.copresence.http;

import dev.copresence.HeartbeatAnswer;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The answer to a tab that came or beat. */
@Schema(name = "HeartbeatAnswer", description = "How things stand for the tab, and when to beat again.")
record HeartbeatAnswerBody(
        @Schema(examples = "/docs/a", description = "In canonical form.")
        String pagePath,

        @Schema(examples = "o9fJ0y6mXlSxLZkV", description = "Of the page's snapshot; send it back as known.")
        String etag,

        @Schema(examples = "45000", description = "How long the tab lives without another beat, in ms.")
        long ttlMs,

        @Schema(examples = "15000", description = "When to beat again, in ms.")
        long nextHeartbeatMs,

        UserBody self,

        @Schema(implementation = PageForm.class, description = "Absent if the tab has it already.") @Nullable
        EncodedSnapshot snapshot,

        @Schema(description = "How the tab's claim stands; absent if it makes none and has lost none.") @Nullable
        EditingBody editing) {

    static HeartbeatAnswerBody of(
            UserBody self,
            HeartbeatAnswer answer,
            String etag,
            @Nullable EncodedSnapshot snapshot,
            Duration nextHeartbeat,
            @Nullable EditingBody editing) {
        return new HeartbeatAnswerBody(
                answer.snapshot().page().value(),
                etag,
                answer.life().toMillis(),
                nextHeartbeat.toMillis(),
                self,
                snapshot,
                editing);
    }
}
