package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * "This tab is here, and this is what it does": what a tab says of itself when it joins and each time it beats.
 *
 * @param editing true makes a claim to edit the page, false ends it, null leaves things as they are
 * @param visible whether somebody can see the tab; a hidden one lives longer without a beat
 * @param incarnation which document of the tab speaks, or null for a client whose last call wins
 */
public record Heartbeat(
        TabId tab,
        PagePath page,
        @Nullable Boolean editing,
        boolean visible,
        @Nullable Incarnation incarnation) {}
