package dev.copresence;

import org.jspecify.annotations.Nullable;

/**
 * A take-over that is done: whoever wanted the lease has it, after the time in which its holder could save.
 *
 * @param section null for the page's own lease
 * @param by who has the lease now
 * @param from who held it until then
 * @param fence the number of the new holding
 */
public record TakenOver(PagePath page, @Nullable Section section, UserId by, UserId from, long fence) {}
