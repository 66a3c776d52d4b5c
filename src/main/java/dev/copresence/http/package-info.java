/** The HTTP edge: resources, wire records, identity and the one place that words refusals. */
@NullMarked
package dev.copresence.http;

import org.jspecify.annotations.NullMarked;
