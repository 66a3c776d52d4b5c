package dev.copresence.demo;

import dev.copresence.Section;
import dev.copresence.http.refusals.Is;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A text of the demo that is to be opened: a section of a page, or the page as a whole. */
@Schema(hidden = true)
record DemoOpenBody(@Is(Section.class) @Nullable String section) {

    /** The section in the domain's words; null for the page as a whole. */
    @Nullable
    Section place() {
        return section == null ? null : new Section(section);
    }
}
