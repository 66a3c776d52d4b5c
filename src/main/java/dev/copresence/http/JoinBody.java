package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import dev.copresence.Heartbeat;
import dev.copresence.Incarnation;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.http.refusals.Fields;
import jakarta.validation.constraints.NotNull;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a tab sends when it comes to a page. */
@Schema(name = "Join", description = "This tab now shows this page.")
record JoinBody(
        @NotNull @Schema(description = PAGE_PATH, examples = "/docs/a")
        String pagePath,

        @NotNull @Schema(description = TAB_ID, examples = "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01")
        String tabId,

        @Schema(
                description =
                        "True makes a claim to edit where the tab is, false ends it; without it a claim stays as it"
                                + " is, and without a section too the tab stays in that where it was.")
        @Nullable
        Boolean isEditing,

        @Schema(description = SECTION, examples = "install") @Nullable
        String section,

        @Schema(description = IS_TYPING) @Nullable Boolean isTyping,

        @Schema(description = IS_VISIBLE) @Nullable Boolean isVisible,
        @Schema(description = INCARNATION) @Nullable Double incarnation) {

    static final String PAGE_PATH = "The page: an absolute path, in any spelling that a browser shows as that URL.";
    static final String TAB_ID = "The tab: a UUID of its own for each browser tab.";
    static final String IS_VISIBLE = "Whether somebody can see the tab; true if absent. A hidden one lives longer.";
    static final String SECTION =
            "Where on the page the tab is: 1 to 128 characters without white space, such as the id of"
                    + " a heading; without it on the page as a whole. Each section has a lease of its own.";
    static final String IS_TYPING =
            "True if somebody types now; it shows for 6 s. One such call of a tab counts in 3 s.";
    static final String INCARNATION = "A number that grows with each document of the tab (performance.timeOrigin): "
            + "late messages of an older document then change nothing. At most a day ahead of the time, in ms since 1970.";

    /** @throws RefusedException if a field breaks a rule of the domain */
    Heartbeat toHeartbeat(Clock wall) {
        return heartbeat(pagePath, tabId, isEditing, section, isTyping, isVisible, incarnation, wall);
    }

    static Heartbeat heartbeat(
            String pagePath,
            String tabId,
            @Nullable Boolean isEditing,
            @Nullable String section,
            @Nullable Boolean isTyping,
            @Nullable Boolean isVisible,
            @Nullable Double incarnation,
            Clock wall) {
        var fields = new Fields();
        var page = fields.read("pagePath", pagePath, PagePath::new);
        var tab = fields.read("tabId", tabId, TabId::of);
        var place = fields.readOptional("section", section, Section::new);
        var document = fields.readOptional("incarnation", incarnation, number -> Incarnation.of(number, wall));
        fields.check();
        return new Heartbeat(
                requireNonNull(tab),
                requireNonNull(page),
                isEditing,
                place,
                Boolean.TRUE.equals(isTyping),
                isVisible == null || isVisible,
                document);
    }
}
