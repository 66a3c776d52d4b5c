package dev.copresence.access;

/** The reasons for which a decision is asked for: some are not answered from memory while the application cannot be asked. */
public enum Question {
    /** The caller looks at the page, or keeps a tab on it. */
    SEE,

    /** The caller claims to edit, or goes on claiming. */
    CLAIM,

    /** The caller takes a lease over. */
    TAKE_OVER
}
