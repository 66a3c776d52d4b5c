package dev.copresence.http;

import dev.copresence.InvalidValueException;
import dev.copresence.PagePath;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.RefusedException;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The question who is on some pages, as the wire has it. */
@Schema(name = "Lookup", description = "Who is on these pages?")
record LookupBody(
        @NotNull
        @Size(min = 1, max = MAX_PAGES, message = "must be 1 to " + MAX_PAGES + " pages")
        @Schema(
                description = "1 to " + MAX_PAGES + " pages, each an absolute path in any spelling; one that is named"
                        + " twice is told once.",
                examples = "[\"/tickets/7\", \"/tickets/8\"]")
        List<String> pages,

        @Size(max = 128)
        @Schema(
                description =
                        "The etag of the answer that the caller has; the pages are told again only if they changed.")
        @Nullable
        String known,

        @Schema(description = FieldTexts.AS_UNLISTED) @Nullable
        Boolean isListed) {

    static final int MAX_PAGES = 200;

    /** The pages that one request's share of the rate is good for. */
    private static final int PAGES_OF_A_REQUEST = 50;

    /** The number of requests that it counts as beside itself. */
    int moreRequests() {
        return pages.size() / PAGES_OF_A_REQUEST;
    }

    boolean listed() {
        return isListed == null || isListed;
    }

    /**
     * The pages that are asked for.
     *
     * @param pages each once, in the order in which they are named first
     * @param spellings the canonical form of each that is named in another spelling, by that spelling
     */
    record Asked(Set<PagePath> pages, Map<String, String> spellings) {}

    /**
     * The pages in the domain's words.
     *
     * @throws RefusedException that names each item that is no page by its place, such as {@code pages[3]}, so that a list can
     *     go on without it
     */
    Asked toPages() {
        var asked = new Asked(new LinkedHashSet<>(), new LinkedHashMap<>());
        List<Problem.Violation> violations = new ArrayList<>();
        for (var index = 0; index < pages.size(); index++) {
            @Nullable String words = pages.get(index);
            try {
                if (words == null) {
                    throw new InvalidValueException("must not be missing");
                }
                var page = new PagePath(words);
                asked.pages.add(page);
                if (!page.value().equals(words)) {
                    asked.spellings.put(words, page.value());
                }
            } catch (InvalidValueException e) {
                violations.add(new Problem.Violation("pages[" + index + "]", String.valueOf(e.getMessage())));
            }
        }
        if (!violations.isEmpty()) {
            throw new RefusedException(violations);
        }
        return asked;
    }

    /** True if the caller has the answer with this etag, sent bare or as a header would have it. */
    boolean knows(String etag) {
        return EntityTags.isKnown(known, etag);
    }
}
