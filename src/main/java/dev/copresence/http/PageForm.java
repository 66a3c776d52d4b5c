package dev.copresence.http;

import dev.copresence.EditedSection;
import dev.copresence.Initials;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Viewer;
import dev.copresence.access.Level;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page as somebody of a level sees it, on the wire. The form of those who see all has no level: it is what it was before levels. */
@Schema(
        name = "PageForm",
        description = "The page, in the form that shows as much of its people as the caller may see.",
        oneOf = {SnapshotBody.class, PageForm.OfInitials.class, PageForm.OfCount.class, PageForm.OfNone.class})
sealed interface PageForm permits SnapshotBody, PageForm.OfInitials, PageForm.OfCount, PageForm.OfNone {

    /** The page with the initials of its viewers. */
    @RegisterForReflection
    @Schema(name = "PresenceInitials", description = "The page, with initials in place of names.")
    record OfInitials(
            @Schema(examples = "/docs/a", description = "In canonical form.")
            String pagePath,

            @Schema(enumeration = "initials") String level,

            @Schema(description = "In order of arrival, the editor always among them.")
            List<Face> viewers,

            @Schema(description = "The id, in this list, of who edits the page; absent while nobody does.") @Nullable
            String editorUserId,

            @Schema(description = FieldTexts.IS_REQUESTED) @Nullable
            Boolean isRequested,

            @Schema(description = "All viewers, listed or not.", examples = "1")
            int viewerCount)
            implements PageForm {}

    /** A viewer of whom no more is told than the initials. */
    @RegisterForReflection
    @Schema(name = "Face")
    record Face(
            @Schema(
                    examples = "k2f9x",
                    description = "Good for this page, and for as long as the viewer is there; no user's id.")
            String id,

            @Schema(examples = "AL", description = "Empty if no name is known.")
            String initials) {

        static Face of(Viewer viewer) {
            return new Face(Sight.arrivalId(viewer), Initials.of(viewer.user().name()));
        }
    }

    /** The page with the number of its viewers. */
    @RegisterForReflection
    @Schema(name = "PresenceCount", description = "The page, with the number of its viewers alone.")
    record OfCount(
            @Schema(examples = "/docs/a", description = "In canonical form.")
            String pagePath,

            @Schema(enumeration = "count") String level,
            @Schema(examples = "7") int viewerCount,

            @Schema(description = "True while somebody edits the page or a section of it; absent otherwise.") @Nullable
            Boolean isEdited,

            @Schema(description = FieldTexts.IS_REQUESTED) @Nullable
            Boolean isRequested)
            implements PageForm {}

    /** The page, and nothing of its people. */
    @RegisterForReflection
    @Schema(name = "PresenceNone", description = "The page, and nothing of its people.")
    record OfNone(
            @Schema(examples = "/docs/a", description = "In canonical form.")
            String pagePath,

            @Schema(enumeration = "none") String level)
            implements PageForm {}

    /** The form in which somebody of a level sees a page. */
    static PageForm of(PresenceSnapshot snapshot, Level level) {
        var page = snapshot.page().value();
        var word = level.name().toLowerCase(Locale.ROOT);
        return switch (level) {
            case NAMES -> SnapshotBody.of(snapshot);
            case INITIALS ->
                new OfInitials(
                        page,
                        word,
                        snapshot.viewers().stream().map(Face::of).toList(),
                        new Sight(level, snapshot).id(snapshot.editor()),
                        isRequested(snapshot),
                        snapshot.viewerCount());
            case COUNT -> new OfCount(page, word, snapshot.viewerCount(), isEdited(snapshot), isRequested(snapshot));
            case NONE -> new OfNone(page, word);
        };
    }

    /** True while somebody edits the page or a section of it; null otherwise. */
    static @Nullable Boolean isEdited(PresenceSnapshot snapshot) {
        return snapshot.editor() != null || !snapshot.sections().isEmpty() ? Boolean.TRUE : null;
    }

    private static @Nullable Boolean isRequested(PresenceSnapshot snapshot) {
        var isRequested = snapshot.requestedBy() != null
                || snapshot.sections().stream().map(EditedSection::requestedBy).anyMatch(by -> by != null);
        return isRequested ? Boolean.TRUE : null;
    }
}
