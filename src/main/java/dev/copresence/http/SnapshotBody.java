package dev.copresence.http;

import dev.copresence.PresenceSnapshot;
import dev.copresence.Viewer;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page's snapshot as the wire has it. */
@Schema(name = "PresenceSnapshot", description = "All that others may see of a page.")
record SnapshotBody(
        @Schema(examples = "/docs/a", description = "In canonical form.")
        String pagePath,

        @Schema(description = "In order of arrival, the editor always among them.")
        List<ViewerBody> viewers,

        @Schema(description = "Who edits the page; absent while nobody does.") @Nullable
        String editorUserId,

        @Schema(description = "All viewers, listed or not.", examples = "1")
        int viewerCount,

        @Schema(description = "All their tabs.", examples = "2")
        int tabCount) {

    /** A user on the page. */
    @Schema(name = "Viewer")
    record ViewerBody(
            @Schema(examples = "5b0c6a3e") String id,
            @Schema(examples = "Ana") String name,
            @Nullable String avatar,
            @Schema(examples = "2") int tabCount,

            @Schema(description = "True if all of the user's tabs here are hidden; absent otherwise.") @Nullable
            Boolean away) {

        static ViewerBody of(Viewer viewer) {
            var user = viewer.user();
            return new ViewerBody(
                    user.id().value(),
                    user.name(),
                    user.avatar(),
                    viewer.tabCount(),
                    viewer.away() ? Boolean.TRUE : null);
        }
    }

    static SnapshotBody of(PresenceSnapshot snapshot) {
        var editor = snapshot.editor();
        return new SnapshotBody(
                snapshot.page().value(),
                snapshot.viewers().stream().map(ViewerBody::of).toList(),
                editor == null ? null : editor.value(),
                snapshot.viewerCount(),
                snapshot.tabCount());
    }
}
