package dev.copresence.demo;

import static java.util.Objects.requireNonNull;

import dev.copresence.Section;
import dev.copresence.User;
import dev.copresence.http.refusals.Fields;
import dev.copresence.http.refusals.PersonBody;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A text of the demo on its way to be saved. */
@Schema(hidden = true)
record DemoSaveBody(
        @NotNull @Size(max = MAX_LENGTH) String text,
        @NotNull Long fence,
        @NotNull Long base,
        @Nullable String section,
        @Nullable Boolean verify) {

    private static final int MAX_LENGTH = 20_000;

    /** @throws RefusedException if the section is none */
    DemoTexts.Save toSave(User by) {
        return new DemoTexts.Save(section, text, fence, base, PersonBody.of(by));
    }

    /** Where on the page it is; null for the page as a whole. */
    @Nullable
    Section place() {
        var fields = new Fields();
        var place = fields.readOptional("section", section, Section::new);
        fields.check();
        return section == null ? null : requireNonNull(place);
    }

    boolean isVerified() {
        return verify == null || verify;
    }
}
