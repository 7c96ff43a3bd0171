package io.pramd.daemon.recovery;

/**
 * Immutable. Frames as they are drawn, a character a cell.
 *
 * @param cells by state its letter; by node '.' for free ones, '#' for those of no single node,
 *     else one of 64 characters that stands for the node
 * @param fill how full each cell is of frames in use, 0 to 9; empty where a cell is one frame
 */
public record CellMap(String cells, String fill) {}
