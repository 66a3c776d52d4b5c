package dev.copresence.http;

import dev.copresence.access.Caller;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The caller, as others see them. */
@Schema(name = "User")
record UserBody(
        @Schema(examples = "5b0c6a3e") String id,

        @Schema(examples = "Ana", description = "Empty if none is known.")
        String name,

        @Schema(examples = "https://example.org/ana.png", description = "Absent if there is no picture.") @Nullable
        String avatar,

        @Schema(
                examples = "k2f9x",
                description = "In an answer whose page shows initials: the user's own id among the viewers; absent"
                        + " otherwise, and if the user is not listed.")
        @Nullable
        String viewerId,

        @Schema(
                examples = "true",
                description = "True if the user has the role " + EditorResource.TAKE_OVER
                        + ", which editor/takeover needs; absent otherwise.")
        @Nullable
        Boolean canTakeOver) {

    static UserBody of(Caller caller) {
        return of(caller, null);
    }

    /** The caller, who is among the viewers under another id, or under their own or not at all if it is null. */
    static UserBody of(Caller caller, @Nullable String viewerId) {
        var user = caller.user();
        var canTakeOver = caller.roles().contains(EditorResource.TAKE_OVER) ? Boolean.TRUE : null;
        return new UserBody(user.id().value(), user.name(), user.avatar(), viewerId, canTakeOver);
    }
}
