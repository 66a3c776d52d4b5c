package dev.copresence.http;

import dev.copresence.User;
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
        String viewerId) {

    static UserBody of(User user) {
        return of(user, null);
    }

    /** The caller, who is among the viewers under another id, or under their own or not at all if it is null. */
    static UserBody of(User user, @Nullable String viewerId) {
        return new UserBody(user.id().value(), user.name(), user.avatar(), viewerId);
    }
}
