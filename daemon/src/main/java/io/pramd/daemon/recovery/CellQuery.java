package io.pramd.daemon.recovery;

/**
 * Immutable. Which frames are drawn, and how many of them in one cell.
 *
 * @param from the first frame, in the file
 * @param count frames; those behind the end are left out
 * @param per frames of a cell
 * @param isByNode whether by whom they belong to, else by their state
 */
public record CellQuery(long from, long count, long per, boolean isByNode) {}
