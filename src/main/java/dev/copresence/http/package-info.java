/** The API: its resources, the records that go over the wire, and the open streams. */
@NullMarked
package dev.copresence.http;

import org.jspecify.annotations.NullMarked;
