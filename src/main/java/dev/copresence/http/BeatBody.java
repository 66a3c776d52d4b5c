package dev.copresence.http;

import dev.copresence.Beat;
import dev.copresence.User;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The answer to a tab that joined or beat. */
@Schema(name = "Beat", description = "How things stand for the tab, and when to beat again.")
record BeatBody(
        @Schema(examples = "/docs/a", description = "In canonical form.")
        String pagePath,

        @Schema(examples = "o9fJ0y6mXlSxLZkV", description = "Of the page's snapshot; send it back as known.")
        String etag,

        @Schema(examples = "45000", description = "How long the tab lives without another beat, in ms.")
        long ttlMs,

        @Schema(examples = "15000", description = "When to beat again, in ms.")
        long nextHeartbeatMs,

        UserBody self,

        @Schema(implementation = SnapshotBody.class, description = "Absent if the tab has it already.") @Nullable
        EncodedSnapshot snapshot,

        @Schema(description = "How the tab's claim stands; absent if it makes none and has lost none.") @Nullable
        EditingBody editing) {

    static BeatBody of(User user, Beat beat, EncodedSnapshot snapshot, boolean known, Duration nextHeartbeat) {
        var editing = beat.editing();
        return new BeatBody(
                beat.snapshot().page().value(),
                snapshot.etag(),
                beat.life().toMillis(),
                nextHeartbeat.toMillis(),
                UserBody.of(user),
                known ? null : snapshot,
                editing == null ? null : EditingBody.of(editing));
    }
}
