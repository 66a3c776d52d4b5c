/** The guard, by itself and in each framework. */
@NullMarked
package dev.copresence.guard;

import org.jspecify.annotations.NullMarked;
