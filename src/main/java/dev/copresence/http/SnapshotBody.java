package dev.copresence.http;

import dev.copresence.EditedSection;
import dev.copresence.PresenceSnapshot;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page's snapshot as the wire has it. */
@Schema(name = "PresenceSnapshot", description = "All that others may see of a page; it has no level.")
record SnapshotBody(
        @Schema(examples = "/docs/a", description = "In canonical form.")
        String pagePath,

        @Schema(description = "In order of arrival, the editor always among them.")
        List<ViewerBody> viewers,

        @Schema(description = "Who edits the page; absent while nobody does.") @Nullable
        String editorUserId,

        @Schema(
                description =
                        "Who has asked the page's editor for it and waits for an answer; absent without a request.")
        @Nullable
        String requestedByUserId,

        @Schema(
                description =
                        "The sections that somebody edits, in the order of their names; absent if there are none.")
        @Nullable
        List<SectionBody> sections,

        @Schema(description = "All viewers, listed or not.", examples = "1")
        int viewerCount,

        @Schema(description = "All their tabs.", examples = "2")
        int tabCount)
        implements PageForm {

    /** A user on the page. */
    @Schema(name = "Viewer")
    record ViewerBody(
            @Schema(examples = "5b0c6a3e") String id,
            @Schema(examples = "Ana") String name,
            @Nullable String avatar,
            @Schema(examples = "2") int tabCount,

            @Schema(description = "True if all of the user's tabs here are hidden; absent otherwise.") @Nullable
            Boolean away,

            @Schema(
                    examples = "install",
                    description = "Where on the page the user is; absent for the page as a whole.")
            @Nullable
            String section,

            @Schema(description = "True while the user types; absent otherwise.") @Nullable
            Boolean typing) {

        static ViewerBody of(Viewer viewer) {
            var user = viewer.user();
            var section = viewer.section();
            return new ViewerBody(
                    user.id().value(),
                    user.name(),
                    user.avatar(),
                    viewer.tabCount(),
                    viewer.away() ? Boolean.TRUE : null,
                    section == null ? null : section.value(),
                    viewer.typing() ? Boolean.TRUE : null);
        }
    }

    /** A section that somebody edits. */
    @Schema(name = "EditedSection")
    record SectionBody(
            @Schema(examples = "install") String section,

            @Schema(examples = "5b0c6a3e", description = "Who edits it.")
            String editorUserId,

            @Schema(description = "Who has asked the editor for it and waits for an answer; absent without a request.")
            @Nullable
            String requestedByUserId) {

        static SectionBody of(EditedSection section) {
            return new SectionBody(section.section().value(), section.editor().value(), valueOf(section.requestedBy()));
        }
    }

    static SnapshotBody of(PresenceSnapshot snapshot) {
        var sections = snapshot.sections().stream().map(SectionBody::of).toList();
        return new SnapshotBody(
                snapshot.page().value(),
                snapshot.viewers().stream().map(ViewerBody::of).toList(),
                valueOf(snapshot.editor()),
                valueOf(snapshot.requestedBy()),
                sections.isEmpty() ? null : sections,
                snapshot.viewerCount(),
                snapshot.tabCount());
    }

    private static @Nullable String valueOf(@Nullable UserId user) {
        return user == null ? null : user.value();
    }
}
