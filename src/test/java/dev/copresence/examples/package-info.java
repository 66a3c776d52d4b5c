/** What docs/editing.md shows, as it is compiled and run. */
@NullMarked
package dev.copresence.examples;

import org.jspecify.annotations.NullMarked;
