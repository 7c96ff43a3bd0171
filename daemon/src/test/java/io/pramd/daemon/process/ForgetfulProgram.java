package io.pramd.daemon.process;

import io.pramd.client.testing.PramdProcess;

/** Immutable. Starts a daemon, says which, and ends without having closed it. */
final class ForgetfulProgram {
    private ForgetfulProgram() {}

    public static void main(String[] args) {
        PramdProcess daemon = PramdProcess.start();
        System.out.println(daemon.pid());
        System.out.println(daemon.memory());
        System.exit(3);
    }
}
