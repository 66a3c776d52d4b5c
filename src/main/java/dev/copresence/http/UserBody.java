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
        String avatar) {

    static UserBody of(User user) {
        return new UserBody(user.id().value(), user.name(), user.avatar());
    }
}
