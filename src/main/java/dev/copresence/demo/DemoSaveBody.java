package dev.copresence.demo;

import dev.copresence.Section;
import dev.copresence.User;
import dev.copresence.http.refusals.Is;
import dev.copresence.http.refusals.PersonBody;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A text of the demo on its way to be saved. Its fence and its revision are in the head of the request. */
@Schema(hidden = true)
record DemoSaveBody(
        @NotNull @Size(max = MAX_LENGTH) String text,
        @Is(Section.class) @Nullable String section,
        @Nullable Boolean verify) {

    private static final int MAX_LENGTH = 20_000;

    /** The wish to save that this is, of that user, of a body whose constraints hold. */
    DemoTexts.Save toSave(User by, long fence, long base) {
        return new DemoTexts.Save(section, text, fence, base, PersonBody.of(by));
    }

    /** True unless the writer wants to save whatever fence and revision the text has. */
    boolean isChecked() {
        return verify == null || verify;
    }
}
