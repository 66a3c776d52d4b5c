package dev.copresence.access;

/** The amounts of a page's people that somebody may see. A later one shows more. */
public enum Level {
    /** Nothing is shown, not even whether anybody is there. */
    NONE,

    /** The number of viewers is shown, and whether somebody edits. */
    COUNT,

    /** The viewers are shown by their initials, under ids that are good for this page alone. */
    INITIALS,

    /** All is shown. */
    NAMES
}
