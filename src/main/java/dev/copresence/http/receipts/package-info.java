/** Fences that the service signs, so that a backend can check them alone, and the keys by which it does. */
@NullMarked
package dev.copresence.http.receipts;

import org.jspecify.annotations.NullMarked;
