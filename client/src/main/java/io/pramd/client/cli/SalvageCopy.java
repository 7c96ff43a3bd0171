package io.pramd.client.cli;

import io.pramd.client.MissingPages;
import io.pramd.client.PramClient;
import io.pramd.client.SalvageStream;
import java.nio.ByteBuffer;
import java.util.List;

/** One owner: writes what can still be read of a node, and says what is missing. */
final class SalvageCopy {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Pram pram;

    SalvageCopy(Pram pram) {
        this.pram = pram;
    }

    /**
     * Answers the exit code: whether anything is missing.
     *
     * @param pfn of a quarantined node; null: by name
     */
    int run(String name, Long pfn, String file) {
        try (PramClient client = pram.connect();
                SalvageStream stream =
                        pfn == null
                                ? client.openSalvage(name)
                                : client.openSalvageOfQuarantined(pfn);
                Sink sink = Sink.open(pram.io(), file)) {
            copy(stream, sink);
            sink.complete();
            return report(stream);
        }
    }

    private void copy(SalvageStream stream, Sink sink) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        String task = "salvage " + Printable.of(stream.node().name());
        try (ProgressMeter meter = new ProgressMeter(pram.io(), task, stream.node().length())) {
            while (true) {
                long missing = stream.skipHole();
                sink.leaveOut(missing);
                int bytes = stream.read(buffer.clear());
                if (bytes < 0) {
                    return;
                }
                sink.take(buffer.flip());
                meter.moved(missing + bytes);
            }
        }
    }

    private int report(SalvageStream stream) {
        List<MissingPages> bad = stream.missingPages();
        if (bad.isEmpty()) {
            return 0;
        }
        long missing = 0;
        for (MissingPages pages : bad) {
            missing += pages.pageCount();
            pram.io().err().println("pram: " + text(pages));
        }
        pram.io()
                .err()
                .println(
                        "pram: missing: "
                                + missing
                                + " of "
                                + stream.node().pages()
                                + " pages, zeros are in their place");
        return Failures.INCOMPLETE;
    }

    private static String text(MissingPages pages) {
        long last = pages.firstPage() + pages.pageCount() - 1;
        String which =
                pages.pageCount() == 1
                        ? "bad page " + pages.firstPage()
                        : "bad pages " + pages.firstPage() + "-" + last;
        String where = pages.pfn().isEmpty() ? "" : " pfn=" + pages.pfn().getAsLong();
        return which + where + ": " + Printable.of(pages.reason());
    }
}
