package io.pramd.client.cli;

import java.util.Arrays;

/**
 * One owner. Runs several commands in one process, each behind a word {@code --then}: what they
 * load goes into the ahead-of-time cache of the {@code pram} command, which holds what one process
 * has loaded. For the build only.
 */
final class Rehearsal {
    private static final String THEN = "--then";

    private Rehearsal() {}

    public static void main(String[] args) {
        int begin = 0;
        for (int end = 0; end <= args.length; end++) {
            if (end == args.length || args[end].equals(THEN)) {
                run(Arrays.copyOfRange(args, begin, end));
                begin = end + 1;
            }
        }
    }

    private static void run(String... command) {
        int code = Pram.execute(CommandIo.ofProcess(), command);
        if (code != 0) {
            System.exit(code);
        }
    }
}
