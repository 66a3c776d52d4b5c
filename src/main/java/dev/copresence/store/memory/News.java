package dev.copresence.store.memory;

import dev.copresence.PagePath;
import java.util.LinkedHashSet;
import java.util.Set;

/** The pages that others see differently than before, each once, in the order of their first change. */
final class News {

    private Set<PagePath> pages = new LinkedHashSet<>();

    void add(PagePath page) {
        pages.add(page);
    }

    /** Gives the pages that were added, and begins anew. */
    Set<PagePath> take() {
        if (pages.isEmpty()) {
            return Set.of();
        }
        var taken = pages;
        pages = new LinkedHashSet<>();
        return taken;
    }
}
