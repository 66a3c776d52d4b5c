/** Puts the rooms together: producers, the scheduled upkeep, health and metrics. */
@NullMarked
package dev.copresence.wiring;

import org.jspecify.annotations.NullMarked;
