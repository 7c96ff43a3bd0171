package io.pramd.daemon.recovery;

import java.util.List;

/**
 * Immutable. A part of the nodes.
 *
 * @param total all nodes, and saves that are open
 * @param matching those of them that are wanted; of more nodes than a survey keeps only those kept
 * @param nodes saves that are open first; without those that have gone since the survey
 */
public record NodePage(long total, long matching, List<NodeRow> nodes) {}
