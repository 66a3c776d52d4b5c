package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a command about a lease: how things stand afterwards.
 *
 * @param snapshot the page
 * @param editing the claim of the tab that called, or null if it makes none
 * @param loser whose tab the lease has gone from by this call, or null if it has stayed where it was or was free
 */
public record LeaseAnswer(
        PresenceSnapshot snapshot,
        @Nullable Editing editing,
        @Nullable User loser) {}
