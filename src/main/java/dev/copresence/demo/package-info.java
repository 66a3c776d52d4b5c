/** The demo's backend: it stands for a CMS that keeps pages and asks about the fence before it saves. */
@NullMarked
package dev.copresence.demo;

import org.jspecify.annotations.NullMarked;
