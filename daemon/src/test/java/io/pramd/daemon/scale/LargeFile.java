package io.pramd.daemon.scale;

import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.FileLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** One owner. Opens a large memory file that is full, and says what each step took. */
final class LargeFile {
    private static final int SAVED_BYTES = 1 << 20;

    private final Path file;
    private final PrintWriter out;
    private long begin;

    LargeFile(Path file, PrintWriter out) {
        this.file = file;
        this.out = out;
    }

    void measure(long bytes, int nodes) throws IOException {
        long frames = bytes / FileLayout.FRAME_BYTES;
        int pages = pagesToFill(frames, nodes);
        out.println("| step | ms | what |");
        out.println("| --- | ---: | --- |");
        begin();
        ScaleFile.format(file, bytes);
        row("format", "frames: " + frames);
        begin();
        try (FullStore full = new FullStore(file)) {
            full.fill(nodes, pages);
        }
        row("metadata written", "nodes: " + nodes + ", pages of each: " + pages);
        Usage before = Usage.now();
        begin();
        try (ScaleFile scale = new ScaleFile(file)) {
            row("open", "loads are served from here on");
            StreamDriver streams = new StreamDriver(scale.store());
            begin();
            streams.peek(SmallNodes.name(nodes / 2));
            row("peek before the walk", "bytes: " + (long) pages * FileLayout.FRAME_BYTES);
            begin();
            scale.walk();
            row("walk", scale.opened().report().lines().getLast());
            Usage after = Usage.now();
            use(scale, streams, nodes);
            memory(before, after, frames, nodes);
            out.println();
            out.println("| step | ms | what |");
            out.println("| --- | ---: | --- |");
            MapSteps map = new MapSteps(scale.opened().frameMap(), out);
            map.measureBeside(new SmallNodes(scale.store(), 1), nodes + 1);
            map.measure();
        }
    }

    private static int pagesToFill(long frames, int nodes) {
        int pages = 1;
        long room = frames * 19 / 20;
        while (FullStore.frames(nodes, pages * 2) <= room) {
            pages *= 2;
        }
        for (int step = pages / 2; step > 0; step /= 2) {
            pages += FullStore.frames(nodes, pages + step) <= room ? step : 0;
        }
        return pages;
    }

    private void use(ScaleFile scale, StreamDriver streams, int nodes) {
        begin();
        streams.save("new", StreamDriver.bytes(1, SAVED_BYTES));
        row("save", "bytes: " + SAVED_BYTES);
        begin();
        streams.peek("new");
        row("peek", "bytes: " + SAVED_BYTES);
        begin();
        scale.store().remove(SmallNodes.name(nodes / 3), 0).join();
        row("remove", "");
        begin();
        long listed = new SmallNodes(scale.store(), 0).list();
        row("list", "nodes: " + listed);
    }

    private void memory(Usage before, Usage after, long frames, int nodes) {
        long heap = after.heapBytes() - before.heapBytes();
        long outside = after.nativeBytes() - before.nativeBytes();
        out.println();
        out.printf(
                Locale.ROOT,
                "heap: %d MiB, %d bytes a node; outside it: %d MiB, %.2f bytes a frame;"
                        + " RssAnon: %d MiB%n",
                heap >> 20,
                heap / nodes,
                outside >> 20,
                (double) outside / frames,
                after.anonymousBytes() >> 20);
        out.flush();
    }

    private void begin() {
        begin = System.nanoTime();
    }

    private void row(String step, String what) {
        out.printf("| %s | %d | %s |%n", step, (System.nanoTime() - begin) / 1_000_000, what);
        out.flush();
    }
}
