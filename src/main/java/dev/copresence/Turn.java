package dev.copresence;

/**
 * How things stand after a call about a lease.
 *
 * @param snapshot the page
 * @param editing the claim of the tab that called
 */
public record Turn(PresenceSnapshot snapshot, Editing editing) {}
