package dev.copresence.store.memory;

import dev.copresence.PagePath;

/**
 * A tab's leave of a page, against which a late heartbeat does not stand.
 *
 * @param until the last ms in which it is remembered
 */
record Departure(PagePath page, long until) {}
