/** The API: its resources, the records that go over the wire, and the open streams; and the files that it is used with. */
@NullMarked
package dev.copresence.http;

import org.jspecify.annotations.NullMarked;
