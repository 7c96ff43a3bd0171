package io.pramd.daemon.cli;

import io.pramd.daemon.admin.AdminAddress;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.life.HeapKeeper;
import io.pramd.daemon.life.ProtectionPlan;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.settings.Sources;
import io.pramd.daemon.supervise.Arrival;
import io.pramd.daemon.supervise.HandoverPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
        description = {
            "Serves a memory file to clients until SIGTERM. Prints READY and its listeners when it"
                    + " does, and on a second line ADMIN and the address for administrators if"
                    + " there is one.",
            "An option that is not given here may be set by a variable, as PRAMD_SAVING_MAX for"
                    + " --saving-max, and else by a file: see pramd config. SIGHUP reads the file"
                    + " again."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGTERM or followed by a successor, all that was answered is kept",
            "2:wrong usage, or a wrong configuration",
            "3:no heap left; all that was answered is kept",
            "10-24:refused, with the name of the error: 12 EBUSY another daemon has the file, 17"
                    + " ENOMEM no room on the device, 18 EIO the file cannot be read"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pramd serve --memory /var/lib/pramd/memory --size 8G",
            "  pramd serve --memory memory --listen pram+unix:///run/pramd.sock",
            "  pramd serve --memory memory --admin 127.0.0.1:7728",
            "  pramd serve --config /etc/pramd/pramd.conf"
        })
final class ServeCommand implements Callable<Integer> {
    private static final String DEFAULT_LISTEN = "pram://127.0.0.1:" + ListenAddress.DEFAULT_PORT;

    /** This very list stands there where nobody has asked for a listener. */
    private static final List<ListenAddress> USUAL_LISTEN =
            List.of(ListenAddress.parse(DEFAULT_LISTEN));

    private final MemoryObserver observer;
    private final Consumer<HandoverPoint> points;
    private final Sources sources;
    private Configuration configuration;

    @Spec private CommandSpec spec;

    @Option(
            names = OptionKeys.CONFIG,
            paramLabel = "FILE",
            description = {
                "Reads options that are set neither here nor by variables from this file.",
                "Default: PRAMD_CONFIG, or /etc/pramd/pramd.conf where it is there"
            })
    private Path config;

    @Option(names = "--memory", paramLabel = "FILE", description = "The memory file; must be set.")
    private Path memory;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description =
                    "Creates the file with this size when it is missing or empty, for example 8G;"
                            + " at least 4M. One that is there keeps its own: pram grow.")
    private ByteSize size;

    @Option(
            names = "--listen",
            paramLabel = "URI",
            converter = Addresses.Listen.class,
            description = {
                "pram://HOST:PORT, prams://HOST:PORT (TLS) or pram+unix:///PATH; may be given"
                        + " again.",
                "Default: " + DEFAULT_LISTEN
            })
    private List<ListenAddress> listen = USUAL_LISTEN;

    @Option(
            names = "--handover",
            paramLabel = "SOCKET",
            description = {
                "Takes over from the daemon that listens at this Unix socket, if one does: its"
                    + " listeners, and the memory file when it has ended. Then listens there for"
                    + " its own successor, of the same user only (docs/operations.md)."
            })
    private Path handover;

    @Mixin private ProtectionOptions protection;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long running streams may go on after SIGTERM, or when a successor takes"
                            + " over. Default: 10s")
    private Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--saving-max",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long a save may be open: one that takes longer is discarded, and its name"
                            + " free. 0s is no limit. Default: as long as it likes")
    private Duration savingMax = Duration.ZERO;

    @Option(
            names = "--durability",
            paramLabel = "LEVEL",
            converter = Choice.Levels.class,
            completionCandidates = Choice.Levels.class,
            description = {
                "What an answered save or removal survives, unless a save asks for another level.",
                "process: the death of any process; a power cut goes back, as a whole, to the last"
                        + " forced root.",
                "interval: the same, and that root is 5 s old at most.",
                "power: a power cut too; needs a device.",
                "Default: interval on a device, process in memory only (tmpfs)"
            })
    private Durability durability;

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
            converter = Addresses.Admin.class,
            description = {
                "Shows the daemon to administrators by HTTP: the live map of the memory at /,"
                        + " /metrics for Prometheus, /healthz, /readyz and JSON (docs/admin.md).",
                "Beyond loopback by HTTPS, to those who have an administrator's token."
            })
    private AdminAddress admin;

    @Option(
            names = LogFormat.OPTION,
            paramLabel = "FORMAT",
            converter = Choice.LogFormats.class,
            completionCandidates = Choice.LogFormats.class,
            description =
                    "How the log on stderr is written: human, or json, an object a line. Default:"
                            + " human")
    private LogFormat logFormat = LogFormat.HUMAN;

    @Option(
            names = "--log-level",
            paramLabel = "VERBOSITY", // by which the completion of bash tells options apart
            converter = Choice.LogLevels.class,
            completionCandidates = Choice.LogLevels.class,
            description =
                    "How much the daemon says there: error, warn, info, debug tells of every"
                            + " connection, trace of every change of a node. Default: info")
    private LogLevel logLevel = LogLevel.INFO;

    ServeCommand() {
        this(MemoryObserver.NONE, Sources.ofProcess());
    }

    /**
     * @param observer told of every change of the memory: a test lets a force fail with it
     * @param sources of what the command line does not say
     */
    ServeCommand(MemoryObserver observer, Sources sources) {
        this(observer, sources, point -> {});
    }

    /**
     * @param points told of the moments of a hand-over: a test stops the process in one
     */
    ServeCommand(MemoryObserver observer, Sources sources, Consumer<HandoverPoint> points) {
        this.observer = observer;
        this.sources = sources;
        this.points = points;
    }

    @Override
    public Integer call() throws Exception {
        EarlyReload reload = new EarlyReload();
        ReloadSignal.handle(reload); // it would end a process that has not come so far yet
        Configuration read = configure();
        useLog();
        read.requireGood();
        ServePlan plan = plan();
        List<StoreException> faults = faults(plan);
        if (!faults.isEmpty()) {
            throw faults.getFirst();
        }
        read.settings().warnings().forEach(LoggerFactory.getLogger(ServeCommand.class)::warn);
        Arrival arrival = new Arrival(System.getenv(), socketPath(), points);
        List<ListenAddress> asked = listen == USUAL_LISTEN ? List.of() : plan.listen();
        Serving serving =
                arrival.start(
                        plan.withAudit(protection.openAudit()), asked, plan.listen().getFirst());
        DaemonLife life = new DaemonLife(serving, drain);
        life.begin();
        arrival.serving(plan, serving, () -> System.exit(0));
        reload.begin(arrival.reloading(new Reload(this, serving, life)));
        sizeSetting().warnOfOther(serving.sizeBytes());
        ReadyLine.print(spec.commandLine().getOut(), serving);
        HeapKeeper.start();
        return life.awaitEnd();
    }

    /** Gives the options that were not given what file and variables say; it may be wrong. */
    Configuration configure() {
        configuration =
                Configuration.apply(spec.commandLine(), Optional.ofNullable(config), sources);
        return configuration;
    }

    /**
     * What {@code pramd serve} would make of these arguments, for a command that asks for that.
     *
     * @throws ParameterException of that command
     */
    static ServeCommand configured(CommandLine asking, String... arguments) {
        ServeCommand serve = new ServeCommand();
        try {
            new CommandLine(serve).parseArgs(arguments);
        } catch (ParameterException e) {
            throw new ParameterException(asking, e.getMessage(), e);
        }
        serve.configure();
        return serve;
    }

    /** The same command line over what file and variables say now. */
    ServeCommand again() {
        ServeCommand fresh = new ServeCommand(observer, sources, points);
        new CommandLine(fresh);
        fresh.configuration = configuration.again(fresh.spec, Optional.ofNullable(config), sources);
        return fresh;
    }

    Configuration configuration() {
        return configuration;
    }

    /** What may change while a daemon serves. */
    Changeable changeable() {
        return new Changeable(
                drain, savingMax, scrub == null ? 0 : scrub.bytes(), logFormat, logLevel);
    }

    private void useLog() {
        logFormat.use();
        Logging.level(logLevel);
    }

    /**
     * What the options come to. Nothing has been opened: there is no audit log.
     *
     * @throws ParameterException where one is missing, or they do not fit each other
     */
    ServePlan plan() {
        try {
            return planned();
        } catch (ParameterException e) {
            throw configuration.located(e);
        }
    }

    /**
     * What else a start would refuse before it touches the memory file, a port or a socket.
     *
     * @throws ParameterException where a memory file is to be created, and nothing says how large
     */
    List<StoreException> faults(ServePlan plan) {
        if (size == null && plan.createsMemory()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "memory file "
                            + memory
                            + " is missing or empty: --size says how large to create it");
        }
        return StartChecks.faults(
                configuration, plan, sizeSetting(), socketPath(), protection.auditLog());
    }

    /** What a start may find otherwise than it is now. */
    List<String> warnings() {
        return StartChecks.warnings(listen, socketPath());
    }

    SizeSetting sizeSetting() {
        return new SizeSetting(memory, size);
    }

    private ServePlan planned() {
        if (memory == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no memory file is set: --memory=FILE says which, or memory = \"FILE\" in a"
                            + " configuration file");
        }
        ProtectionPlan guarded = protection.plan();
        requireAllowed(guarded);
        requireDistinct();
        return new ServePlan(
                memory,
                size == null ? 0 : size.bytes(),
                listen,
                guarded,
                Optional.ofNullable(durability),
                savingMax,
                scrub == null ? 0 : scrub.bytes(),
                Optional.ofNullable(admin),
                observer);
    }

    private void requireAllowed(ProtectionPlan guarded) {
        try {
            listen.forEach(guarded.stance()::requireMayListen);
        } catch (IllegalArgumentException e) {
            throw wrong(e, "listen");
        }
        try {
            if (admin != null) {
                admin.requireAllowed(guarded.tls().isPresent(), guarded.access().isPresent());
            }
        } catch (IllegalArgumentException e) {
            throw wrong(e, "admin");
        }
    }

    private void requireDistinct() {
        List<ListenAddress> all = new ArrayList<>(listen);
        Optional.ofNullable(admin)
                .map(address -> new ListenAddress.Tcp(address.socket(), address.isTls()))
                .ifPresent(all::add);
        socketPath().map(ListenAddress.Unix::new).ifPresent(all::add);
        try {
            ListenAddress.requireDistinct(all);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    e.getMessage() + ", of --listen, --admin and --handover together");
        }
    }

    private ParameterException wrong(IllegalArgumentException e, String key) {
        OptionSpec option = spec.findOption("--" + key);
        return new ParameterException(spec.commandLine(), e.getMessage(), e, option, null);
    }

    private Optional<Path> socketPath() {
        return Optional.ofNullable(handover).map(Path::toAbsolutePath).map(Path::normalize);
    }
}
