/** The backend's part of docs/editing.md: texts are opened under a fence that is certain, and saved under exactly that. */
@NullMarked
package dev.copresence.guard;

import org.jspecify.annotations.NullMarked;
