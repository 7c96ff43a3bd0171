package io.pramd.daemon.torture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One owner. {@code scripts/torture kill}. */
@Command(
        name = "kill",
        description = {
            "Kills a daemon with SIGKILL at random moments, also while it starts, walks its links,"
                + " grows and stops, under client processes that save, load, peek, remove, ask and"
                + " lose their connections, and are killed themselves.",
            "After each start all that the clients were told is compared with what there is, page"
                    + " by page; fsck runs on the file at rest; frames are counted.",
            "A round is a life of the daemon; one more, at the end, only compares. The file and the"
                + " journals of the clients go on from round to round; a round with a fault leaves"
                + " a copy of all in evidence-SEED."
        })
final class KillCommand implements Callable<Integer> {
    @Mixin private TortureOptions options;

    @Option(
            names = "--durability",
            paramLabel = "LEVEL",
            description =
                    "Of the daemon: ${COMPLETION-CANDIDATES}. Saves ask for this one and, on a"
                            + " device, for others. Default: interval on a device, process on"
                            + " tmpfs.")
    private Level level;

    @Option(
            names = "--secured",
            description =
                    "A daemon with TLS, rules, tokens, quotas, an audit log and a limit to how long"
                        + " a save may be open; each worker is a principal of its own, a part of"
                        + " what it saves has a time to live, and what guards the daemon is renewed"
                        + " while it runs. Nobody may see what is another one's, or get what is"
                        + " over; usage must be exact.")
    private boolean isSecured;

    @Option(
            names = "--watched",
            description =
                    "A daemon with an admin listener, and onlookers that ask all the time for"
                            + " everything a page shows. No answer may contradict itself; at rest"
                            + " the map must show what clients are told of frames and nodes.")
    private boolean isWatched;

    /** As on the daemon's command line. */
    private enum Level {
        process,
        interval,
        power
    }

    @Override
    public Integer call() throws Exception {
        Path folder = options.folder().toAbsolutePath();
        boolean isOnDevice = !Files.getFileStore(folder).type().equals("tmpfs");
        Level ofDaemon = level != null ? level : isOnDevice ? Level.interval : Level.process;
        String levels =
                isOnDevice
                        ? "DAEMON_DEFAULT,DAEMON_DEFAULT,DAEMON_DEFAULT,PROCESS,INTERVAL,POWER"
                        : "DAEMON_DEFAULT";
        String settings = "durability=" + ofDaemon + (isSecured ? " secured" : "");
        Rounds rounds = options.rounds(settings + (isWatched ? " watched" : ""));
        KillGuard guard =
                isSecured ? KillGuard.in(folder.resolve("guard"), KillClient.workers()) : null;
        try (KillRun run = new KillRun(folder, ofDaemon.name(), levels, guard, isWatched)) {
            Thread hook = new Thread(run::close, "torture-end");
            Runtime.getRuntime().addShutdownHook(hook);
            int exitCode = rounds.run(run::round, run::ending);
            Runtime.getRuntime().removeShutdownHook(hook);
            return exitCode;
        }
    }
}
