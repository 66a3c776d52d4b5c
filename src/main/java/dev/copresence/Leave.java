package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * "This tab no longer shows this page."
 *
 * @param unloading whether the document goes away, as it also does in a reload: such a leave waits for the tab to come
 *     back before it takes effect
 * @param incarnation which document of the tab leaves, or null for a client whose last call wins
 */
public record Leave(
        TabId tab,
        PagePath page,
        boolean unloading,
        @Nullable Incarnation incarnation) {}
