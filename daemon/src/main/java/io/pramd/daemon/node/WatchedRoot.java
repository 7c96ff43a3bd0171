package io.pramd.daemon.node;

import io.pramd.daemon.memory.FrameAllocator;
import java.util.function.Consumer;

/**
 * One owner: a check. A root whose frames all stay as they are until it is closed, whatever is
 * committed meanwhile.
 *
 * @param allocator with the counts that the check compares its own with
 * @param heldFrames in the moment in which the root was taken
 * @param unwatch called once, with the root
 */
public record WatchedRoot(
        Root root, FrameAllocator allocator, long heldFrames, Consumer<Root> unwatch)
        implements AutoCloseable {
    @Override
    public void close() {
        unwatch.accept(root);
    }
}
