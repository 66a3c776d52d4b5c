package dev.copresence.http.refusals;

import dev.copresence.User;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Somebody whom a lease has to do with, who need not be among the viewers that are listed. */
@Schema(name = "Person")
public record PersonBody(
        @Schema(
                examples = "5b0c6a3e",
                description =
                        "For who sees initials it is the id among the viewers; absent if the person is not listed.")
        @Nullable
        String id,

        @Schema(examples = "Ana", description = "Absent for who sees initials.") @Nullable
        String name,

        @Schema(examples = "AL", description = "For who sees initials; absent otherwise.") @Nullable
        String initials) {

    public static PersonBody of(User user) {
        return new PersonBody(user.id().value(), user.name(), null);
    }

    /** Somebody of whom the initials are shown. */
    public static PersonBody of(@Nullable String id, String initials) {
        return new PersonBody(id, null, initials);
    }
}
