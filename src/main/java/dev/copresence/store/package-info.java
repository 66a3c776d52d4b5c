/** Where presence is kept. */
@NullMarked
package dev.copresence.store;

import org.jspecify.annotations.NullMarked;
