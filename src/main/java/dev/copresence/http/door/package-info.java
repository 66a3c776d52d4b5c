/** The door: what a connection and the head of a request must be, how many there may be, and how long they may take. */
@NullMarked
package dev.copresence.http.door;

import org.jspecify.annotations.NullMarked;
