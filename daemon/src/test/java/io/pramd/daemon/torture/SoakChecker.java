package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One owner. Checks the memory file of a daemon under load, from beside it and by itself. */
final class SoakChecker implements Callable<SoakChecker> {
    private static final long BETWEEN_MILLIS = 500;

    private final Path memory;
    private final String uri;
    private final BooleanSupplier isOver;
    private final PrintWriter progress;
    private long checks;
    private long wrong;

    SoakChecker(Path memory, String uri, BooleanSupplier isOver, PrintWriter progress) {
        this.memory = memory;
        this.uri = uri;
        this.isOver = isOver;
        this.progress = progress;
    }

    @Override
    public SoakChecker call() throws Exception {
        try (PramClient client = PramClient.connect(uri)) {
            while (!isOver.getAsBoolean()) {
                FsckReport report = Fsck.check(memory);
                count(report.problems().stream().map(Object::toString).toList());
                count(client.check().problems());
                TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
            }
        }
        return this;
    }

    private void count(List<String> problems) {
        checks++;
        if (!problems.isEmpty()) {
            wrong++;
            problems.forEach(problem -> progress.println("check " + checks + ": " + problem));
        }
    }

    long checks() {
        return checks;
    }

    /** Checks that found something. */
    long wrong() {
        return wrong;
    }
}
