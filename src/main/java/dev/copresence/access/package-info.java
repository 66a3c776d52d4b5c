/** Access: who may know a page, how much of its people they see, and who may edit it. The room knows no HTTP. */
@NullMarked
package dev.copresence.access;

import org.jspecify.annotations.NullMarked;
