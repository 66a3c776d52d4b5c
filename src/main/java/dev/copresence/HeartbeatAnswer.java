package dev.copresence;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a tab that joined or beat.
 *
 * @param snapshot its page, the tab included
 * @param editing how its claim stands, or null when it makes none
 * @param life how long the tab now lives without another beat
 */
public record HeartbeatAnswer(
        PresenceSnapshot snapshot, @Nullable Editing editing, Duration life) {}
