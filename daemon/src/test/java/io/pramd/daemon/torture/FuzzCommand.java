package io.pramd.daemon.torture;

import io.pramd.daemon.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One owner. {@code scripts/torture fuzz}. */
@Command(
        name = "fuzz",
        description = {
            "Has a fuzzer, guided by coverage, look for inputs that something minds: the reader of"
                    + " packets, the payload of every message, whole conversations with a real"
                    + " store, the opening, check and dump of files with changed metadata, and"
                    + " files of rules and tokens.",
            "A round is a slice of time for each of them. What the fuzzer has learnt is kept in"
                    + " corpus-TARGET, from round to round and from run to run; an input with a"
                    + " fault in findings, and what was said of it in TARGET.log."
        })
final class FuzzCommand implements Callable<Integer> {
    private static final Pattern EXECUTED =
            Pattern.compile("stat::number_of_executed_units: *([0-9]+)");

    /** Hooks that stumble over Netty, or take a memory file's path for an attack. */
    private static final String DISABLED_HOOKS =
            "com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer"
                    + ":com.code_intelligence.jazzer.sanitizers.FilePathTraversal";

    @Mixin private TortureOptions options;

    @Option(
            names = "--slice",
            paramLabel = "SECONDS",
            description = "Of each target in a round. Default: ${DEFAULT-VALUE}.",
            defaultValue = "60")
    private int slice;

    @Override
    public Integer call() throws Exception {
        return options.rounds("").run(this::round);
    }

    private Map<String, Long> round(long seed) throws IOException, InterruptedException {
        Map<String, Long> found = new LinkedHashMap<>();
        for (FuzzTarget target : FuzzTarget.values()) {
            found.put(name(target), 0L);
        }
        long failed = 0;
        Path findings = Files.createDirectories(options.folder().resolve("findings"));
        for (FuzzTarget target : FuzzTarget.values()) {
            Path log = options.folder().resolve(name(target) + ".log");
            long before = count(findings);
            int exitCode = fuzz(target, seed, findings, log);
            found.put(name(target), executed(log));
            long more = count(findings) - before;
            failed += exitCode == 0 ? more : Math.max(1, more);
        }
        found.put("failed", failed);
        return found;
    }

    private static String name(FuzzTarget target) {
        return target.name().toLowerCase(Locale.ROOT);
    }

    private Path corpus(FuzzTarget target) throws IOException {
        Path folder = options.folder().resolve("corpus-" + name(target));
        if (!Files.exists(folder)) {
            Files.createDirectories(folder);
            List<byte[]> seeds = target.seeds();
            for (int i = 0; i < seeds.size(); i++) {
                Files.write(folder.resolve("seed-" + i), seeds.get(i));
            }
        }
        return folder;
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private int fuzz(FuzzTarget target, long seed, Path findings, Path log)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+EnableDynamicAgentLoading");
        command.add("-Dio.netty.leakDetection.level=paranoid");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("com.code_intelligence.jazzer.Jazzer");
        command.add("--target_class=" + target.entry().getName());
        command.add("--instrumentation_includes=io.pramd.**");
        command.add(
                "--instrumentation_excludes=io.pramd.daemon.fixture.**:io.pramd.daemon.flip.**");
        command.add("--disabled_hooks=" + DISABLED_HOOKS);
        command.add("--reproducer_path=" + options.folder());
        command.add("-artifact_prefix=" + findings + "/" + name(target) + "-");
        command.add("-max_total_time=" + slice);
        command.add("-timeout=600");
        command.add("-report_slow_units=600");
        command.add("-rss_limit_mb=0");
        command.add("-print_final_stats=1");
        command.add("-seed=" + (int) (seed & Integer.MAX_VALUE));
        command.add(corpus(target).toString());
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Thread hook = new Thread(process::destroy, "torture-end");
        Runtime.getRuntime().addShutdownHook(hook);
        int exitCode = process.waitFor();
        Runtime.getRuntime().removeShutdownHook(hook);
        return exitCode;
    }

    private static long executed(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(EXECUTED::matcher)
                    .filter(Matcher::find)
                    .mapToLong(match -> Long.parseLong(match.group(1)))
                    .sum();
        }
    }
}
