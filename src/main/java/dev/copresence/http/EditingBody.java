package dev.copresence.http;

import dev.copresence.Editing;
import dev.copresence.http.refusals.PersonBody;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.jspecify.annotations.Nullable;

/** The standing of a claim to edit. The description of the API has the fields of all four cases in one object. */
@Schema(
        name = "Editing",
        type = SchemaType.OBJECT,
        properties = {
            @SchemaProperty(name = "granted", type = SchemaType.BOOLEAN, description = "Whether this tab may edit."),
            @SchemaProperty(
                    name = "fence",
                    type = SchemaType.INTEGER,
                    format = "int64",
                    examples = "1795467000000000",
                    description = "If granted: rises with each new holder."),
            @SchemaProperty(
                    name = "lost",
                    type = SchemaType.BOOLEAN,
                    description = "True if the tab held the lease until it went to another; absent otherwise. The claim"
                            + " has ended, and isEditing makes a new one only after it was false."),
            @SchemaProperty(
                    name = "editorUserId",
                    type = SchemaType.STRING,
                    description =
                            "If not granted: who edits, by the id that the page's form has; absent if nobody does, or they"
                                    + " are not shown."),
            @SchemaProperty(
                    name = "position",
                    type = SchemaType.INTEGER,
                    format = "int32",
                    examples = "1",
                    description = "If waiting: how many claims stand before this one."),
            @SchemaProperty(
                    name = "requestedBy",
                    implementation = PersonBody.class,
                    description = "Who has asked for the lease and waits for an answer; absent if they are not shown."),
            @SchemaProperty(
                    name = "deadlineMs",
                    type = SchemaType.INTEGER,
                    format = "int64",
                    examples = "59000",
                    description = "In how many ms the lease goes to who has asked, without an answer."),
            @SchemaProperty(
                    name = "keptMs",
                    type = SchemaType.INTEGER,
                    format = "int64",
                    examples = "119000",
                    description = "If waiting: for how many ms the editor, who refused, is not asked."),
            @SchemaProperty(
                    name = "forbidden",
                    type = SchemaType.BOOLEAN,
                    description = "True if the user may not edit this page; absent otherwise. No claim was made."),
            @SchemaProperty(
                    name = "lostTo",
                    implementation = PersonBody.class,
                    description = "If lost: who got the lease; absent if they are not shown.")
        })
sealed interface EditingBody {

    /** The claim holds the lease; {@code granted} is true. */
    @RegisterForReflection
    @Schema(hidden = true)
    record Granted(
            boolean granted,
            long fence,
            @Nullable PersonBody requestedBy,
            @Nullable Long deadlineMs) implements EditingBody {}

    /** Another's claim holds the lease; {@code granted} is false. */
    @RegisterForReflection
    @Schema(hidden = true)
    record Waiting(
            boolean granted,
            @Nullable String editorUserId,
            int position,
            @Nullable PersonBody requestedBy,
            @Nullable Long deadlineMs,
            @Nullable Long keptMs)
            implements EditingBody {}

    /** The lease went to another while the tab held it; {@code granted} is false and {@code lost} is true. */
    @RegisterForReflection
    @Schema(hidden = true)
    record Lost(
            boolean granted,
            boolean lost,
            @Nullable String editorUserId,
            @Nullable PersonBody lostTo) implements EditingBody {}

    /** The caller may not edit the page, so that no claim was made; {@code granted} is false and {@code forbidden} is true. */
    @RegisterForReflection
    @Schema(hidden = true)
    record Forbidden(boolean granted, boolean forbidden) implements EditingBody {}

    /** The standing of a claim that is not heard. */
    static EditingBody forbidden() {
        return new Forbidden(false, true);
    }

    /** The claim as the wire has it. */
    static EditingBody of(Editing editing, Sight sight) {
        if (editing instanceof Editing.Granted granted) {
            var request = granted.request();
            return new Granted(true, granted.fence(), by(request, sight), left(request));
        }
        if (editing instanceof Editing.Waiting waiting) {
            var request = waiting.request();
            var kept = waiting.keptFor();
            return new Waiting(
                    false,
                    sight.id(waiting.editor()),
                    waiting.position(),
                    by(request, sight),
                    left(request),
                    kept.isZero() ? null : kept.toMillis());
        }
        var lost = (Editing.Lost) editing;
        return new Lost(false, true, sight.id(lost.editor()), sight.person(lost.to()));
    }

    /** The claim as the wire has it; null if there is none. */
    static @Nullable EditingBody orNone(@Nullable Editing editing, Sight sight) {
        return editing == null ? null : of(editing, sight);
    }

    private static @Nullable PersonBody by(Editing.@Nullable Request request, Sight sight) {
        return request == null ? null : sight.person(request.by());
    }

    private static @Nullable Long left(Editing.@Nullable Request request) {
        return request == null ? null : request.left().toMillis();
    }
}
