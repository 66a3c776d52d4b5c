package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import dev.copresence.Incarnation;
import dev.copresence.Leave;
import dev.copresence.PagePath;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Fields;
import jakarta.validation.constraints.NotNull;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a tab sends when it goes. */
@Schema(name = "Leave", description = "This tab no longer shows this page.")
record LeaveBody(
        @NotNull @Schema(description = JoinBody.PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull @Schema(description = JoinBody.TAB_ID, examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @Schema(
                description =
                        "Whether the document goes away, as in a reload: the leave then waits for the tab to come back.")
        @Nullable
        Boolean unloading,

        @Schema(description = JoinBody.INCARNATION) @Nullable
        Double incarnation) {

    /** @throws RefusedException if a field breaks a rule of the domain */
    Leave toLeave(Clock wall) {
        var fields = new Fields();
        var page = fields.read("pagePath", pagePath, PagePath::new);
        var tab = fields.read("tabId", tabId, TabId::of);
        var document = fields.readOptional("incarnation", incarnation, number -> Incarnation.of(number, wall));
        fields.check();
        return new Leave(requireNonNull(tab), requireNonNull(page), Boolean.TRUE.equals(unloading), document);
    }
}
