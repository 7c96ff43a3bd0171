package io.pramd.daemon.node;

import java.util.List;

/**
 * One owner: a survey. The root in force, and what was dropped before it, of one moment: each frame
 * in use is reached by the root, belongs to one of the dropped, or is handed out to a save or a
 * commit.
 *
 * @param watched to be closed when the root has been read
 * @param dropped whose frames may become free, and another's, at any time
 * @param pinnings how often a dropped node had been found to be read
 */
public record SurveyedRoot(WatchedRoot watched, List<DroppedFrames> dropped, long pinnings) {}
