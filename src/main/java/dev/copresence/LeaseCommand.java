package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * The wish of a tab that is on a page about the lease of that page, or of a section of it.
 *
 * @param section null for the page's own lease
 */
public record LeaseCommand(
        Kind kind, TabId tab, PagePath page, @Nullable Section section) {

    /** The commands there are. */
    public enum Kind {
        /** A waiting claim asks the editor for the lease. */
        REQUEST,

        /** The editor gives it to who has asked. */
        HAND_OVER,

        /** The editor does not, which a take-over does not ask. */
        KEEP,

        /**
         * The tab takes it, at once or after the time in which the editor may save. It has to be allowed that; it need not have
         * claimed the lease, nor been there, before.
         */
        TAKE_OVER
    }
}
