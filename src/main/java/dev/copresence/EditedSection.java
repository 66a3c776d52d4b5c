package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * A section of a page that somebody edits.
 *
 * @param editor who holds its lease
 * @param requestedBy who has asked for that and waits for an answer, or null
 */
public record EditedSection(
        Section section, UserId editor, @Nullable UserId requestedBy) {}
