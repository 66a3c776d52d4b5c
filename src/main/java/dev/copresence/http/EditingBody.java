package dev.copresence.http;

import dev.copresence.Editing;
import dev.copresence.http.refusals.PersonBody;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How a claim to edit stands. */
@Schema(name = "Editing")
record EditingBody(
        @Schema(description = "Whether this tab may edit.") boolean granted,

        @Schema(examples = "1795467000000000", description = "If granted: rises with each new holder.") @Nullable
        Long fence,

        @Schema(
                description = "True if the tab held the lease until it went to another; absent otherwise. The claim has"
                        + " ended, and isEditing makes a new one only after it was false.")
        @Nullable
        Boolean lost,

        @Schema(description = "If not granted: who edits; absent if nobody does.") @Nullable
        String editorUserId,

        @Schema(examples = "1", description = "If waiting: how many claims stand before this one.") @Nullable
        Integer position,

        @Schema(description = "Who has asked for the lease and waits for an answer.") @Nullable
        PersonBody requestedBy,

        @Schema(examples = "59000", description = "In how many ms the lease goes to who has asked, without an answer.")
        @Nullable
        Long deadlineMs,

        @Schema(examples = "119000", description = "If waiting: for how many ms the editor, who refused, is not asked.")
        @Nullable
        Long keptMs,

        @Schema(description = "If lost: who got the lease.") @Nullable
        PersonBody lostTo) {

    static EditingBody of(Editing editing) {
        if (editing instanceof Editing.Granted granted) {
            return granted(granted.fence(), granted.request());
        }
        if (editing instanceof Editing.Waiting waiting) {
            return waiting(waiting, waiting.request());
        }
        return lost((Editing.Lost) editing);
    }

    private static EditingBody granted(long fence, Editing.@Nullable Request request) {
        return new EditingBody(true, fence, null, null, null, by(request), left(request), null, null);
    }

    private static EditingBody waiting(Editing.Waiting waiting, Editing.@Nullable Request request) {
        var kept = waiting.keptFor();
        return new EditingBody(
                false,
                null,
                null,
                waiting.editor().value(),
                waiting.position(),
                by(request),
                left(request),
                kept.isZero() ? null : kept.toMillis(),
                null);
    }

    private static EditingBody lost(Editing.Lost lost) {
        var editor = lost.editor();
        var now = editor == null ? null : editor.value();
        return new EditingBody(false, null, true, now, null, null, null, null, PersonBody.of(lost.to()));
    }

    private static @Nullable PersonBody by(Editing.@Nullable Request request) {
        return request == null ? null : PersonBody.of(request.by());
    }

    private static @Nullable Long left(Editing.@Nullable Request request) {
        return request == null ? null : request.left().toMillis();
    }
}
