package io.pramd.daemon.cli;

import io.pramd.daemon.admin.AdminAddress;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.life.HeapKeeper;
import io.pramd.daemon.life.ProtectionPlan;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.Stance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * One owner. {@code pramd serve}: opens a memory file, creating it when asked to, and serves it
 * until a signal comes.
 */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description =
                "Serves a memory file to clients until SIGTERM. Prints READY and its listeners when"
                        + " it does, and on a second line ADMIN and the address for administrators"
                        + " if there is one.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGTERM, all that was answered is kept",
            "2:wrong usage",
            "3:no heap left; all that was answered is kept",
            "10-24:refused, with the name of the error: 12 EBUSY another daemon has the file, 17"
                    + " ENOMEM no room on the device, 18 EIO the file cannot be read"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pramd serve --memory /var/lib/pramd/memory --size 8G",
            "  pramd serve --memory memory --listen pram+unix:///run/pramd.sock",
            "  pramd serve --memory memory --admin 127.0.0.1:7728"
        })
final class ServeCommand implements Callable<Integer> {
    private static final String DEFAULT_LISTEN = "pram://127.0.0.1:" + ListenAddress.DEFAULT_PORT;

    private final MemoryObserver observer;

    @Spec private CommandSpec spec;

    @Option(
            names = "--memory",
            required = true,
            paramLabel = "FILE",
            description = "The memory file.")
    private Path memory;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description =
                    "Creates the file with this size when it is missing or empty, for example 8G.")
    private ByteSize size;

    @Option(
            names = "--listen",
            paramLabel = "URI",
            description = {
                "pram://HOST:PORT, prams://HOST:PORT (TLS) or pram+unix:///PATH; may be given"
                        + " again.",
                "Default: " + DEFAULT_LISTEN
            })
    private List<String> listen = List.of(DEFAULT_LISTEN);

    @Mixin private ProtectionOptions protection;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long running streams may go on after SIGTERM. Default: 10s")
    private Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--saving-max",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long a save may be open: one that takes longer is discarded, and its name"
                            + " free. Default: as long as it likes")
    private Duration savingMax = Duration.ZERO;

    @Option(
            names = "--durability",
            paramLabel = "LEVEL",
            completionCandidates = Levels.class,
            description = {
                "What an answered save or removal survives, unless a save asks for another level.",
                "process: the death of any process; a power cut goes back, as a whole, to the last"
                        + " forced root.",
                "interval: the same, and that root is 5 s old at most.",
                "power: a power cut too; needs a device.",
                "Default: interval on a device, process in memory only (tmpfs)"
            })
    private String durability;

    @Option(
            names = "--scrub",
            paramLabel = "RATE",
            converter = ByteSize.RateConverter.class,
            description =
                    "Reads all nodes in the background, for example 50M/s, and verifies them: a"
                            + " damaged one is quarantined before somebody needs it. A pass begins"
                            + " one hour after the last one ended. Default: never")
    private ByteSize scrub;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            description = {
                "Shows the daemon to administrators by HTTP: the live map of the memory at /,"
                        + " /metrics for Prometheus, /healthz, /readyz and JSON (docs/admin.md).",
                "Beyond loopback by HTTPS, to those who have an administrator's token."
            })
    private String admin;

    @Option(
            names = LogFormat.OPTION,
            paramLabel = "FORMAT",
            completionCandidates = LogFormat.Words.class,
            description =
                    "How the log on stderr is written: human, or json, an object a line. Default:"
                            + " human")
    private String logFormat = LogFormat.HUMAN.word();

    /** Immutable: the levels, for the completion in a shell. */
    static final class Levels implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Durability.values())
                    .map(level -> level.name().toLowerCase(Locale.ROOT))
                    .iterator();
        }
    }

    ServeCommand() {
        this(MemoryObserver.NONE);
    }

    /**
     * @param observer told of every change of the memory: a test lets a force fail with it
     */
    ServeCommand(MemoryObserver observer) {
        this.observer = observer;
    }

    @Override
    public Integer call() throws Exception {
        requireLogFormat();
        long sizeBytes = size == null ? 0 : size.bytes();
        ProtectionPlan guarded = protection.plan();
        ServePlan plan =
                new ServePlan(
                        memory,
                        sizeBytes,
                        parseListeners(guarded.stance()),
                        guarded,
                        parseDurability(),
                        savingMax,
                        scrub == null ? 0 : scrub.bytes(),
                        parseAdmin(guarded),
                        observer);
        if (size == null && plan.createsMemory()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "memory file "
                            + memory
                            + " is missing or empty: --size says how large to create it");
        }
        Serving serving = Serving.start(plan);
        DaemonLife life = new DaemonLife(serving, drain);
        life.begin();
        warnOfOtherSize(serving);
        spec.commandLine()
                .getOut()
                .println(
                        "READY "
                                + serving.addresses().stream()
                                        .map(ListenAddress::toString)
                                        .collect(Collectors.joining(" ")));
        serving.adminAddress()
                .ifPresent(address -> spec.commandLine().getOut().println("ADMIN " + address));
        spec.commandLine().getOut().flush();
        HeapKeeper.start();
        return life.awaitEnd();
    }

    /** It has been taken before: see there. */
    private void requireLogFormat() {
        if (!LogFormat.isKnown(logFormat)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no such log format: '" + logFormat + "' is none of human, json");
        }
    }

    private Optional<Durability> parseDurability() {
        if (durability == null) {
            return Optional.empty();
        }
        return Arrays.stream(Durability.values())
                .filter(level -> level.name().toLowerCase(Locale.ROOT).equals(durability))
                .findFirst()
                .or(
                        () -> {
                            throw new ParameterException(
                                    spec.commandLine(),
                                    "no such durability: '"
                                            + durability
                                            + "' is none of process, interval, power");
                        });
    }

    private Optional<AdminAddress> parseAdmin(ProtectionPlan guarded) {
        if (admin == null) {
            return Optional.empty();
        }
        try {
            AdminAddress address = AdminAddress.parse(admin);
            address.requireAllowed(guarded.tls().isPresent(), guarded.access().isPresent());
            return Optional.of(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void warnOfOtherSize(Serving serving) {
        long frames = serving.sizeBytes() / FileLayout.FRAME_BYTES;
        if (size != null && size.bytes() / FileLayout.FRAME_BYTES != frames) {
            LoggerFactory.getLogger(ServeCommand.class)
                    .warn(
                            "--size {} only creates: {} keeps its size {}",
                            size,
                            memory,
                            new ByteSize(serving.sizeBytes()));
        }
    }

    private List<ListenAddress> parseListeners(Stance stance) {
        try {
            List<ListenAddress> addresses = listen.stream().map(ListenAddress::parse).toList();
            addresses.forEach(stance::requireMayListen);
            return addresses;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
