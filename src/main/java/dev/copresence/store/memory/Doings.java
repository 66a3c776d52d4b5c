package dev.copresence.store.memory;

import dev.copresence.Section;
import dev.copresence.User;
import org.jspecify.annotations.Nullable;

/** What a tab does beyond being on its page and claiming it; most tabs do none of it and have none of these. */
final class Doings {

    /** Where on its page the tab is, and claims if it does; null for the page as a whole. */
    @Nullable
    Section section;

    /** Who got the lease that the tab has lost there; null if it has lost none, or has taken note of it. */
    @Nullable
    User lostTo;

    /** The last ms in which it is shown as typing; 0 if it is not. */
    long typingUntil;

    boolean isNothing() {
        return section == null && lostTo == null && typingUntil == 0;
    }
}
