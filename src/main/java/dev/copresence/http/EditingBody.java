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
        requiredProperties = "granted",
        properties = {
            @SchemaProperty(name = "granted", type = SchemaType.BOOLEAN, description = "Whether this tab may edit."),
            @SchemaProperty(
                    name = "fence",
                    type = SchemaType.INTEGER,
                    format = "int64",
                    examples = "1795467000000000",
                    description = "If granted: rises with each new holder."),
            @SchemaProperty(
                    name = "receipt",
                    type = SchemaType.STRING,
                    description = "If granted, and the service gives receipts: a JWS that says who holds this fence,"
                            + " which a backend can verify alone; absent while the tab knows it."),
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
                    description = "If waiting: how many claims stand before this one; 0 for who takes the lease over."),
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
                    name = "yieldMs",
                    type = SchemaType.INTEGER,
                    format = "int64",
                    examples = "5000",
                    description =
                            "In place of deadlineMs: requestedBy takes the lease over, which the editor cannot refuse,"
                                    + " and has it in so many ms. Until then the editor may save."),
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
            @Nullable String receipt,
            @Nullable PersonBody requestedBy,
            @Nullable Long deadlineMs,
            @Nullable Long yieldMs)
            implements EditingBody {}

    /** Another's claim holds the lease; {@code granted} is false. */
    @RegisterForReflection
    @Schema(hidden = true)
    record Waiting(
            boolean granted,
            @Nullable String editorUserId,
            int position,
            @Nullable PersonBody requestedBy,
            @Nullable Long deadlineMs,
            @Nullable Long yieldMs,
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

    /**
     * The claim as the wire has it.
     *
     * @param receipt of a holder, or null for none
     */
    static EditingBody of(Editing editing, Sight sight, @Nullable String receipt) {
        if (editing instanceof Editing.Granted granted) {
            var request = granted.request();
            return new Granted(
                    true, granted.fence(), receipt, by(request, sight), left(request, false), left(request, true));
        }
        if (editing instanceof Editing.Waiting waiting) {
            var request = waiting.request();
            var kept = waiting.keptFor();
            return new Waiting(
                    false,
                    sight.id(waiting.editor()),
                    waiting.position(),
                    by(request, sight),
                    left(request, false),
                    left(request, true),
                    kept.isZero() ? null : kept.toMillis());
        }
        var lost = (Editing.Lost) editing;
        return new Lost(false, true, sight.id(lost.editor()), sight.person(lost.to()));
    }

    /** The claim as the wire has it; null if there is none. */
    static @Nullable EditingBody orNone(@Nullable Editing editing, Sight sight, @Nullable String receipt) {
        return editing == null ? null : of(editing, sight, receipt);
    }

    private static @Nullable PersonBody by(Editing.@Nullable Request request, Sight sight) {
        return request == null ? null : sight.person(request.by());
    }

    /** The ms that are left of a request, or of a take-over if it is to be {@code firm}; null if it is the other. */
    private static @Nullable Long left(Editing.@Nullable Request request, boolean firm) {
        return request == null || request.firm() != firm ? null : request.left().toMillis();
    }
}
