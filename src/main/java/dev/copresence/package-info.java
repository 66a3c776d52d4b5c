/** The domain: who is on a page, and who edits it. It knows no HTTP, no JSON and no store of its own. */
@NullMarked
package dev.copresence;

import org.jspecify.annotations.NullMarked;
