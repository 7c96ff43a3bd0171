package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One owner. What the training run of the ahead-of-time caches does, which hold what one process
 * has loaded and how often it ran what. With {@code --many URI COUNT} it saves and peeks so many
 * small nodes, for the daemon's; else it runs several commands in one process, with {@code --then}
 * between them, for those of {@code pram}. For the build only.
 */
final class Rehearsal {
    private static final String MANY = "--many";
    private static final String THEN = "--then";
    private static final int CALLERS = 16;

    private Rehearsal() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length == 3 && args[0].equals(MANY)) {
            saveMany(args[1], Integer.parseInt(args[2]));
            return;
        }
        int begin = 0;
        for (int end = 0; end <= args.length; end++) {
            if (end == args.length || args[end].equals(THEN)) {
                run(Arrays.copyOfRange(args, begin, end));
                begin = end + 1;
            }
        }
    }

    private static void run(String... command) {
        int code = Pram.execute(CommandIo.ofProcess(), System::getenv, command);
        if (code != 0) {
            System.exit(code);
        }
    }

    private static void saveMany(String uri, int count) throws InterruptedException {
        try (PramClient client = PramClient.connect(uri)) {
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int first = caller;
                callers.add(new Thread(() -> saveSome(client, first, count)));
            }
            callers.forEach(Thread::start);
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }

    private static void saveSome(PramClient client, int first, int end) {
        SaveOptions replacing = SaveOptions.defaults().withReplace(true);
        byte[] page = new byte[4096];
        for (int i = first; i < end; i += CALLERS) {
            client.save("rehearsal/" + i, replacing, page);
            client.peek("rehearsal/" + i, in -> in.read());
        }
    }
}
