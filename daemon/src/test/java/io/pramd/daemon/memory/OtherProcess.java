package io.pramd.daemon.memory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Immutable. What a test has another process do to a memory file. */
final class OtherProcess {
    static final int KILLED = 137;

    private OtherProcess() {}

    /** How it ended and what it printed, stdout and stderr together. */
    record Ended(int exitCode, String text) {}

    /** Runs one of the verbs below in a JVM of its own, behind a shell prefix such as a limit. */
    static Ended run(String shellPrefix, String... args) throws Exception {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", shellPrefix + " exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(OtherProcess.class.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), text);
    }

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[1]);
        try {
            switch (args[0]) {
                case "lock" -> FileLock.acquire(file).close();
                case "create-and-die" ->
                        MemoryFile.create(file, 4 << 20, Sharing.NONE, OtherProcess::writeAndDie)
                                .close();
                case "preallocate" -> {
                    try (FileLock lock = FileLock.acquire(file)) {
                        MemoryFile.preallocate(lock, 0, Long.parseLong(args[2]));
                    }
                }
                default -> throw new IllegalArgumentException(args[0]);
            }
            System.out.println("done");
        } catch (StoreException e) {
            System.out.println(e.errno() + " " + e.getMessage() + " size=" + Files.size(file));
        }
    }

    private static void writeAndDie(FileChannel file) throws IOException {
        file.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}));
        Runtime.getRuntime().halt(KILLED);
    }
}
