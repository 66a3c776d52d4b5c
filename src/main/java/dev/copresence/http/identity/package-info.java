/** The identity of who asks: tokens and sessions, what is remembered of them, how somebody logs in and out, and who is let in to the API. */
@NullMarked
package dev.copresence.http.identity;

import org.jspecify.annotations.NullMarked;
