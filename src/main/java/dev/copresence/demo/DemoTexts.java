package dev.copresence.demo;

import dev.copresence.http.refusals.PersonBody;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The texts that were written on the demo's pages since the service started, in this process alone. It stands for the backend of a
 * CMS: a save under a lower fence than the last one of its place is refused, and so is one over a text that its writer has
 * not seen.
 */
@ApplicationScoped
class DemoTexts {

    /** More sections than a page of the demo can need. */
    static final int MAX_SECTIONS = 50;

    /** The one lock for all of it. */
    private final Map<String, Page> pages = new HashMap<>();

    /**
     * A text as somebody saved it.
     *
     * @param section of the page; null for the page as a whole
     * @param version of the page after the save, higher than all before
     * @param fence the highest that this place was saved under and that Copresence had said is good; 0 for none
     */
    record Saved(@Nullable String section, String text, long version, long fence, PersonBody by) {}

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

        /** The newest text that a save in {@code section} would hide and that is newer than {@code base}, or null. */
        @Nullable
        Saved unseen(@Nullable String section, long base) {
            return saved.stream()
                    .filter(one -> one.version > base)
                    .filter(one -> section == null || one.section == null || one.section.equals(section))
                    .reduce((older, newer) -> newer)
                    .orElse(null);
        }

        /** The highest fence under which this place was saved, 0 if there is none. */
        long lastFence(@Nullable String section) {
            return saved.stream()
                    .filter(one -> Objects.equals(one.section, section))
                    .mapToLong(Saved::fence)
                    .max()
                    .orElse(0);
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
     * @param base the version of the page that the writer has seen
     */
    record Save(@Nullable String section, String text, long fence, long base, PersonBody by) {}

    Page read(String path) {
        synchronized (pages) {
            return pages.getOrDefault(path, Page.UNWRITTEN);
        }
    }

    /** Saves whatever was there before. Nobody has said that the fence is good, so it is not believed. */
    Page force(String path, Save save) {
        synchronized (pages) {
            return put(path, save, read(path).lastFence(save.section()));
        }
    }

    /**
     * Saves under a fence that is good, unless that would hide what the writer has not seen, or comes after a save under a
     * higher fence.
     */
    @Nullable
    Page save(String path, Save save) {
        synchronized (pages) {
            var page = read(path);
            var isLate =
                    page.unseen(save.section(), save.base()) != null || page.lastFence(save.section()) > save.fence();
            return isLate ? null : put(path, save, save.fence());
        }
    }

    private Page put(String path, Save save, long fence) {
        var page = read(path);
        var next = page.with(new Saved(save.section(), save.text(), page.version() + 1, fence, save.by()));
        if (next.saved().size() > MAX_SECTIONS) {
            throw new RefusedException(Refusal.INVALID_INPUT, "The page has too many sections.");
        }
        pages.put(path, next);
        return next;
    }
}
