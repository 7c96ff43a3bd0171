package io.pramd.daemon.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.IntSupplier;

/**
 * One owner. What the device gives: writes groups of nodes over the last ones in a file, and forces
 * each group.
 */
final class WriteAndForce implements Contender {
    static final String NAME = "write and fdatasync";

    private final Work work;
    private final FileChannel file;
    private final ByteBuffer content;
    private final IntSupplier group;

    private WriteAndForce(Work work, FileChannel file, IntSupplier group) {
        this.group = group;
        this.work = work;
        this.file = file;
        byte[] bytes = work.content();
        content = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static WriteAndForce open(Path path, Work work, IntSupplier group) throws IOException {
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new WriteAndForce(work, file, group);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** There is no server but the kernel. */
    @Override
    public long serverPid() {
        return clientPid();
    }

    @Override
    public Job job(Verb verb) {
        return () -> {
            long[] latencies = new long[work.nodes()];
            int size = group.getAsInt();
            for (int from = 0; from < latencies.length; from += size) {
                int to = Math.min(latencies.length, from + size);
                long begin = System.nanoTime();
                for (int i = from; i < to; i++) {
                    writeNode((i - from) * work.nodeBytes());
                }
                file.force(false);
                Arrays.fill(latencies, from, to, System.nanoTime() - begin);
            }
            return Job.Outcome.of(latencies);
        };
    }

    private void writeNode(long offset) throws IOException {
        for (long at = 0; at < work.nodeBytes(); at += content.capacity()) {
            file.write(content.duplicate(), offset + at);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
