package dev.copresence;

/**
 * How full a store is.
 *
 * @param pages pages with at least one live tab
 * @param tabs live tabs
 * @param expired tabs that this instance has seen expire since it started
 */
public record Occupancy(long pages, long tabs, long expired) {}
