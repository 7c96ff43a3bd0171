package io.pramd.daemon.cli;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.settings.Sources;
import io.pramd.daemon.supervise.HandoverPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import picocli.CommandLine;

/**
 * Immutable. {@code pramd serve} that stops in the moment of a hand-over that the file {@link
 * #STOP_AT} beside the memory file names: it says so by the file {@link #REACHED}, and goes on when
 * there is a file {@link #GO_ON}.
 */
public final class StoppedHandover {
    public static final String STOP_AT = "stop-at";
    public static final String REACHED = "reached";
    public static final String GO_ON = "go-on";

    private StoppedHandover() {}

    /** Takes {@code serve --memory FILE} and further options of {@code serve}. */
    public static void main(String[] args) {
        Path folder = Path.of(args[2]).getParent();
        Consumer<HandoverPoint> points = point -> reach(folder, point);
        System.exit(
                new CommandLine(new ServeCommand(MemoryObserver.NONE, Sources.ofProcess(), points))
                        .setExecutionExceptionHandler(new Failures())
                        .execute(Arrays.copyOfRange(args, 1, args.length)));
    }

    private static void reach(Path folder, HandoverPoint point) {
        try {
            Path stopAt = folder.resolve(STOP_AT);
            if (Files.exists(stopAt) && Files.readString(stopAt).equals(point.name())) {
                Files.createFile(folder.resolve(REACHED));
                Await.until("it may go on", () -> Files.exists(folder.resolve(GO_ON)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
