package dev.copresence.store.redis;

import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.Section;
import dev.copresence.TakenOver;
import dev.copresence.UserId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The counts of what the calls of this instance have seen and done, and who is told of the take-overs among it. */
final class Tally {

    /*
     * Answers are counted on the event loop of the calls; anybody may read the counts, and ask to be told.
     */

    private static final int WORDS_OF_A_TAKE_OVER = 5;

    /** The live tabs in all, as far as known here: what was counted last and what has come and gone through here since. */
    final AtomicLong tabs = new AtomicLong();

    final AtomicLong expired = new AtomicLong();
    final AtomicLong overdue = new AtomicLong();
    final AtomicLong handedOver = new AtomicLong();
    final AtomicLong takenOver = new AtomicLong();
    private final List<Consumer<TakenOver>> listeners = new CopyOnWriteArrayList<>();

    /** Has {@code listener} be told of each take-over from now on that gave the holder time. */
    void onTakeOver(Consumer<TakenOver> listener) {
        listeners.add(listener);
    }

    /** Takes note of what a script tells in the form of {@code taken} in page.lua; null is nothing. */
    void noteTaken(@Nullable Reply taken) {
        if (taken == null) {
            return;
        }
        for (var i = 0; i < taken.size(); i += WORDS_OF_A_TAKE_OVER) {
            var section = taken.text(i + 1);
            var takeOver = new TakenOver(
                    new PagePath(taken.text(i)),
                    section.isEmpty() ? null : new Section(section),
                    new UserId(taken.text(i + 3)),
                    new UserId(taken.text(i + 4)),
                    Long.parseLong(taken.text(i + 2)));
            takenOver.incrementAndGet();
            listeners.forEach(listener -> listener.accept(takeOver));
        }
    }

    Occupancy.Transfers transfers() {
        return new Occupancy.Transfers(handedOver.get(), overdue.get(), takenOver.get());
    }
}
