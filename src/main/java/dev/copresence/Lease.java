package dev.copresence;

import java.time.Instant;

/**
 * The right to edit a page or a section, which one tab has at a time.
 *
 * @param holder whose tab that is
 * @param fence the number of this holding, higher than that of all before
 */
public record Lease(User holder, long fence) {

    /** True if what {@code user} wrote under {@code fence} may still be saved. */
    public boolean covers(UserId user, long fence) {
        return this.fence == fence && holder.id().equals(user);
    }

    /** The moment at which the lease was given: fences come from the clock, and are µs since 1970 or a little more. */
    Instant since() {
        return Instant.ofEpochMilli(fence / 1000);
    }
}
