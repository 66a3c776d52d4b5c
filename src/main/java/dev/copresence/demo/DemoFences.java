package dev.copresence.demo;

import dev.copresence.User;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fences under which a page and each of its sections were opened last. Who opens the page as a whole opens all of its
 * sections with it, since a save of the page changes them too. Fences of a page and of its sections rise together, so that the
 * later of two is the higher one. Not safe for threads.
 */
final class DemoFences {

    /** More sections than a page of the demo can need. */
    static final int MAX_SECTIONS = 50;

    private static final Opened NEVER = new Opened(0, null);

    private final Map<String, Opened> sections = new TreeMap<>();

    private Opened page = NEVER;

    /** The opening of all the sections that have no entry of their own. */
    private Opened others = NEVER;

    /**
     * An opening of a text.
     *
     * @param by who has opened it; null if nobody ever has
     */
    record Opened(long fence, @Nullable User by) {}

    /**
     * Opens a section, or the page as a whole.
     *
     * @param section null for the page as a whole
     * @return null if that is done, else the opening under a higher fence, because of which nothing has changed
     */
    @Nullable
    Opened open(@Nullable String section, Opened next) {
        for (var text : textsOf(section)) {
            if (text.fence > next.fence) {
                return text;
            }
        }
        if (section == null) {
            page = next;
            others = next;
            sections.clear();
        } else {
            sections.put(section, next);
            forgetOldest();
        }
        return null;
    }

    /** The opening under another fence than this one, because of which nobody may save under it; null if they may. */
    @Nullable
    Opened other(@Nullable String section, long fence) {
        for (var text : textsOf(section)) {
            if (text.fence != fence) {
                return text;
            }
        }
        return null;
    }

    private List<Opened> textsOf(@Nullable String section) {
        if (section != null) {
            return List.of(sections.getOrDefault(section, others));
        }
        var all = new ArrayList<>(sections.values());
        all.add(page);
        all.add(others);
        return all;
    }

    /** Forgets the section that was opened before all others. Only its holder's own fence is shut out by that. */
    private void forgetOldest() {
        if (sections.size() <= MAX_SECTIONS) {
            return;
        }
        var oldest = sections.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().fence()))
                .orElseThrow();
        sections.remove(oldest.getKey());
        if (oldest.getValue().fence() > others.fence()) {
            others = oldest.getValue();
        }
    }
}
