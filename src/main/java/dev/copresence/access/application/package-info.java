/** The application's own word on who may what: its answers by the AuthZEN API, and the grants that it signs. */
@NullMarked
package dev.copresence.access.application;

import org.jspecify.annotations.NullMarked;
