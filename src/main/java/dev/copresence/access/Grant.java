package dev.copresence.access;

import dev.copresence.InvalidValueException;
import dev.copresence.PagePath;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The rights that the application has signed for one user. They count where a rule says {@code grant}.
 *
 * @param entries which rights on which pages; all that match count
 * @param until the moment at which it ends
 */
public record Grant(List<Entry> entries, Instant until) {

    /** The most entries of a grant. */
    public static final int MAX_ENTRIES = 20;

    /** Rights on the pages that a pattern matches. */
    public static final class Entry {

        private final PathPattern pattern;
        private final int rights;

        /** @throws InvalidValueException if {@code pages} is no pattern of pages without {@code {user}} */
        public Entry(String pages, Set<Right> rights) {
            pattern = PathPattern.of(pages);
            if (pattern.hasUser()) {
                throw new InvalidValueException("has no {user}, since it is for one user alone");
            }
            this.rights = rights.stream().mapToInt(Right::bit).sum();
        }
    }

    /** @throws InvalidValueException if there are too many entries */
    public Grant {
        entries = List.copyOf(entries);
        if (entries.size() > MAX_ENTRIES) {
            throw new InvalidValueException("must not have more than " + MAX_ENTRIES + " entries");
        }
    }

    /** The rights on a page, as a set of {@link Right#bit()}. */
    int rights(PagePath page) {
        var rights = 0;
        for (var entry : entries) {
            if (entry.pattern.matches(page)) {
                rights |= entry.rights;
            }
        }
        return rights;
    }
}
