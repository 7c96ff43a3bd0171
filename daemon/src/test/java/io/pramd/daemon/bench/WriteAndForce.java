package io.pramd.daemon.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One owner. What the device gives: writes each node over the last one in a file, and forces it.
 */
final class WriteAndForce implements Contender {
    private final Work work;
    private final FileChannel file;
    private final ByteBuffer content;

    private WriteAndForce(Work work, FileChannel file) {
        this.work = work;
        this.file = file;
        byte[] bytes = work.content();
        content = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static WriteAndForce open(Path path, Work work) throws IOException {
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new WriteAndForce(work, file);
    }

    @Override
    public String name() {
        return "write and fdatasync";
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
            for (int i = 0; i < latencies.length; i++) {
                long begin = System.nanoTime();
                writeNode();
                file.force(false);
                latencies[i] = System.nanoTime() - begin;
            }
            return Job.Outcome.of(latencies);
        };
    }

    private void writeNode() throws IOException {
        for (long at = 0; at < work.nodeBytes(); at += content.capacity()) {
            file.write(content.duplicate(), at);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
