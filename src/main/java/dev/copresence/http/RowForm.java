package dev.copresence.http;

import dev.copresence.EditedSection;
import dev.copresence.PresenceSnapshot;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import dev.copresence.access.Level;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A page in the row of a list, as somebody of a level sees it, on the wire: how many are there, and the faces of a few. Who sees
 * nothing of a page's people has no row of it.
 */
@Schema(
        name = "Row",
        description = "A page that somebody is on, in the form that shows as much of its people as the caller may see.",
        oneOf = {RowForm.OfNames.class, RowForm.OfInitials.class, RowForm.OfCount.class})
sealed interface RowForm {

    /** A row with the names of some viewers. */
    @RegisterForReflection
    @Schema(name = "RowOfNames", description = "A page that somebody is on; it has no level.")
    record OfNames(
            @Schema(examples = "/tickets/7", description = "In canonical form.")
            String pagePath,

            @Schema(description = "All viewers.", examples = "3")
            int viewerCount,

            @Schema(description = "Who edits the page; absent while nobody does.") @Nullable
            String editorUserId,

            @Schema(
                    description =
                            "True while nobody edits the page as a whole and somebody a section of it; absent otherwise.")
            @Nullable
            Boolean isEdited,

            @Schema(description = "A few of the viewers, the editor first, the others in order of arrival.")
            List<Person> viewers)
            implements RowForm {}

    /** A viewer who is named. */
    @RegisterForReflection
    @Schema(name = "RowViewer")
    record Person(
            @Schema(examples = "5b0c6a3e") String id,
            @Schema(examples = "Ana") String name,
            @Nullable String avatar) {

        static Person of(Viewer viewer) {
            var user = viewer.user();
            return new Person(user.id().value(), user.name(), user.avatar());
        }
    }

    /** A row with the initials of some viewers. */
    @RegisterForReflection
    @Schema(name = "RowOfInitials", description = "A page that somebody is on, with initials in place of names.")
    record OfInitials(
            @Schema(examples = "/tickets/7", description = "In canonical form.")
            String pagePath,

            @Schema(examples = "initials") String level,

            @Schema(description = "All viewers.", examples = "3")
            int viewerCount,

            @Schema(description = "The id, in this row, of who edits the page; absent while nobody does.") @Nullable
            String editorUserId,

            @Schema(
                    description =
                            "True while nobody edits the page as a whole and somebody a section of it; absent otherwise.")
            @Nullable
            Boolean isEdited,

            @Schema(description = "A few of the viewers, the editor first, the others in order of arrival.")
            List<PageForm.Face> viewers)
            implements RowForm {}

    /** A row with the number of viewers alone. */
    @RegisterForReflection
    @Schema(name = "RowOfCount", description = "A page that somebody is on, with the number of its viewers alone.")
    record OfCount(
            @Schema(examples = "/tickets/7", description = "In canonical form.")
            String pagePath,

            @Schema(examples = "count") String level,

            @Schema(description = "All viewers.", examples = "3")
            int viewerCount,

            @Schema(description = "True while somebody edits the page or a section of it; absent otherwise.") @Nullable
            Boolean isEdited)
            implements RowForm {}

    /**
     * The row in which somebody of a level sees a page.
     *
     * @param level what is seen, which is more than nothing
     * @param faces the most viewers that are shown
     */
    static RowForm of(PresenceSnapshot snapshot, Level level, int faces) {
        var page = snapshot.page().value();
        var count = snapshot.viewerCount();
        var word = level.name().toLowerCase(Locale.ROOT);
        var editor = new Sight(level, snapshot).id(snapshot.editor());
        return switch (level) {
            case NAMES ->
                new OfNames(
                        page,
                        count,
                        editor,
                        isEditedInPart(snapshot),
                        shown(snapshot, faces).map(Person::of).toList());
            case INITIALS ->
                new OfInitials(
                        page,
                        word,
                        count,
                        editor,
                        isEditedInPart(snapshot),
                        shown(snapshot, faces).map(PageForm.Face::of).toList());
            case COUNT -> new OfCount(page, word, count, PageForm.isEdited(snapshot));
            case NONE -> throw new IllegalArgumentException("nothing is shown of it");
        };
    }

    /** The viewers that are shown: who edits the page, who edit sections, and then the others. */
    private static Stream<Viewer> shown(PresenceSnapshot snapshot, int faces) {
        var ofSections = snapshot.sections().stream().map(EditedSection::editor).toList();
        return Stream.iterate(0, rank -> rank <= 2, rank -> rank + 1)
                .flatMap(rank ->
                        snapshot.viewers().stream().filter(viewer -> rank(viewer, snapshot, ofSections) == rank))
                .limit(faces);
    }

    private static int rank(Viewer viewer, PresenceSnapshot snapshot, List<UserId> ofSections) {
        var id = viewer.user().id();
        if (id.equals(snapshot.editor())) {
            return 0;
        }
        return ofSections.contains(id) ? 1 : 2;
    }

    private static @Nullable Boolean isEditedInPart(PresenceSnapshot snapshot) {
        return snapshot.editor() == null ? PageForm.isEdited(snapshot) : null;
    }
}
