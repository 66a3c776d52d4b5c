/** The refusals: what a body must be, and the problem document that whoever breaks a rule is answered with. */
@NullMarked
package dev.copresence.http.refusals;

import org.jspecify.annotations.NullMarked;
