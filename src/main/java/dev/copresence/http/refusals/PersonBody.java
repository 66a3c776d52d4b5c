package dev.copresence.http.refusals;

import dev.copresence.User;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Somebody whom a lease has to do with, who need not be among the viewers that are listed. */
@Schema(name = "Person")
public record PersonBody(
        @Schema(examples = "5b0c6a3e") String id,
        @Schema(examples = "Ana") String name) {

    public static PersonBody of(User user) {
        return new PersonBody(user.id().value(), user.name());
    }
}
