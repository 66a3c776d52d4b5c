package dev.copresence.http;

import dev.copresence.LeaseAnswer;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The answer to a tab that has said something about a lease. */
@Schema(name = "LeaseAnswer", description = "How things stand after a call about a lease.")
record LeaseAnswerBody(
        @Schema(examples = "/docs/a", description = "In canonical form.")
        String pagePath,

        @Schema(examples = "o9fJ0y6mXlSxLZkV", description = "Of the page's snapshot.")
        String etag,

        @Schema(implementation = PageForm.class) EncodedSnapshot snapshot,

        @Schema(description = "How the tab's claim stands; absent if it makes none and has lost none.") @Nullable
        EditingBody editing) {

    static LeaseAnswerBody of(LeaseAnswer answer, EncodedSnapshot snapshot, Sight sight, @Nullable String receipt) {
        return new LeaseAnswerBody(
                answer.snapshot().page().value(),
                snapshot.etag(),
                snapshot,
                EditingBody.orNone(answer.editing(), sight, receipt));
    }
}
