package dev.copresence.demo;

import dev.copresence.LeaseRefusedException;
import dev.copresence.User;
import dev.copresence.http.refusals.PersonBody;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The texts that were written on the demo's pages since the service started, in this process alone. It stands for the backend
 * of a CMS: a text is opened under a fence and saved under exactly that one, and over exactly the revision that was opened.
 */
@ApplicationScoped
class DemoTexts {

    /** The one lock for all of it. */
    private final Map<String, Page> pages = new HashMap<>();

    /** Guarded by {@link #pages}. */
    private final Map<String, DemoFences> fences = new HashMap<>();

    /**
     * A text as somebody saved it.
     *
     * @param section of the page; null for the page as a whole
     * @param version of the page after the save, higher than all before
     * @param fence the one under which it was saved; 0 for none
     */
    record Saved(@Nullable String section, String text, long version, long fence, PersonBody by) {

        private boolean touches(@Nullable String place) {
            return place == null || section == null || section.equals(place);
        }

        private boolean is(Save save) {
            return Objects.equals(section, save.section)
                    && text.equals(save.text)
                    && fence == save.fence
                    && Objects.equals(by.id(), save.by.id());
        }
    }

    /**
     * All that is saved of a page: the page as a whole, if it ever was, then the sections that were saved after it.
     *
     * @param version 0 while the page is as it came
     */
    record Page(long version, List<Saved> saved) {

        static final Page UNWRITTEN = new Page(0, List.of());

        Page {
            saved = List.copyOf(saved);
        }

        /** The newest text of {@code section}, or of anything if that is null, that is newer than {@code base}, or null. */
        @Nullable
        Saved unseen(@Nullable String section, long base) {
            return saved.stream()
                    .filter(one -> one.version > base && one.touches(section))
                    .reduce((older, newer) -> newer)
                    .orElse(null);
        }

        /** The number of the newest save that has changed {@code section}, or anything if that is null; 0 if none has. */
        long revision(@Nullable String section) {
            var newest = unseen(section, 0);
            return newest == null ? 0 : newest.version;
        }

        Page with(Saved next) {
            var kept = new ArrayList<Saved>();
            if (next.section != null) {
                kept.addAll(saved);
                kept.removeIf(one -> next.section.equals(one.section));
            }
            kept.add(next);
            return new Page(next.version, kept);
        }
    }

    /**
     * A wish to save.
     *
     * @param base the revision of the text that the writer has opened, or saved last
     */
    record Save(@Nullable String section, String text, long fence, long base, PersonBody by) {}

    Page read(String path) {
        synchronized (pages) {
            return pages.getOrDefault(path, Page.UNWRITTEN);
        }
    }

    /**
     * Opens a section, or the page as a whole with all its sections, under a fence that is good, and reads it.
     *
     * @throws LeaseRefusedException if somebody has opened it under a higher one
     */
    Page open(String path, @Nullable String section, long fence, User by) {
        synchronized (pages) {
            var later = fencesOf(path).open(section, new DemoFences.Opened(fence, by));
            if (later != null) {
                throw lost(later);
            }
            return read(path);
        }
    }

    /**
     * Saves what was opened. The same save said twice is one.
     *
     * @throws LeaseRefusedException if it was not opened under this fence, or was opened under another one since
     * @throws RefusedException if the text is another since, or the page has too many sections
     */
    Page save(String path, Save save) {
        synchronized (pages) {
            var other = fencesOf(path).other(save.section(), save.fence());
            if (other != null) {
                throw lost(other);
            }
            var page = read(path);
            if (page.revision(save.section()) == save.base()) {
                return put(path, save, save.fence());
            }
            var newest = page.unseen(save.section(), 0);
            if (newest != null && newest.is(save)) {
                return page;
            }
            throw RefusedException.textChanged(newest == null ? null : newest.by());
        }
    }

    /** Saves whatever was there before, as a script would that knows no fence. */
    Page force(String path, Save save) {
        synchronized (pages) {
            return put(path, save, 0);
        }
    }

    private DemoFences fencesOf(String path) {
        return fences.computeIfAbsent(path, any -> new DemoFences());
    }

    private static LeaseRefusedException lost(DemoFences.Opened later) {
        return new LeaseRefusedException(LeaseRefusedException.Reason.LOST, later.by(), Duration.ZERO);
    }

    private Page put(String path, Save save, long fence) {
        var page = read(path);
        var next = page.with(new Saved(save.section(), save.text(), page.version() + 1, fence, save.by()));
        if (next.saved().size() > DemoFences.MAX_SECTIONS) {
            throw new RefusedException(Refusal.INVALID_INPUT, "The page has too many sections.");
        }
        pages.put(path, next);
        return next;
    }
}
