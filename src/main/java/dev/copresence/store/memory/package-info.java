/** Presence in the memory of this process, for a service of one instance; it knows nothing of Redis. */
@NullMarked
package dev.copresence.store.memory;

import org.jspecify.annotations.NullMarked;
