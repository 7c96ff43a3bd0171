package io.pramd.daemon.upgrade;

import io.pramd.client.PramClient;
import io.pramd.client.testing.PramdProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One owner. Busy clients, and a daemon that is upgraded under them again and again. */
final class UpgradeRun implements AutoCloseable {
    private static final long SIZE_BYTES = 256L << 20;
    private static final int CALLS_BETWEEN = 20;
    private static final long PATIENCE_SECONDS = 120; // on a machine that does other things, too
    private static final long LOOK_MILLIS = 5;

    private final Path folder;
    private final boolean isRestart;
    private final long seed;
    private final PrintWriter progress;
    private final List<PramdProcess> daemons = new ArrayList<>(); // guarded by this
    private final List<PramClient> connected = new ArrayList<>();
    private final List<UpgradeClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private boolean isClosed; // guarded by this

    /**
     * @param isRestart whether an upgrade is a stop and a start, and no hand-over
     */
    UpgradeRun(Path folder, boolean isRestart, long seed, PrintWriter progress) {
        this.folder = folder;
        this.isRestart = isRestart;
        this.seed = seed;
        this.progress = progress;
    }

    UpgradeReport upgrade(int clientCount, int upgradeCount) throws Exception {
        say("seed " + seed);
        List<String> uris =
                List.of("pram://127.0.0.1:0", "pram+unix://" + folder.resolve("socket"));
        PramdProcess daemon = start(uris, SIZE_BYTES);
        startClients(daemon.uris(), clientCount);
        List<Upgrade> upgrades = new ArrayList<>();
        for (int i = 1; i <= upgradeCount; i++) {
            awaitCalls();
            clients.forEach(UpgradeClient::takeLongest);
            PramdProcess old = daemon;
            long begin = System.nanoTime();
            if (isRestart) {
                requireEnd(old.stop(), i);
            }
            double stopMillis = millisSince(begin);
            begin = System.nanoTime();
            daemon = start(old.uris(), 0);
            double readyMillis = millisSince(begin);
            if (!isRestart) {
                requireEnd(old.awaitExit(), i);
            }
            awaitCalls();
            LongestCall longest = longest();
            upgrades.add(
                    isRestart
                            ? Upgrade.restarted(longest, stopMillis, readyMillis)
                            : Upgrade.handedOver(longest, daemon.log(), readyMillis));
            if (i == 1) {
                say(UpgradeReport.head(upgrades.getFirst()));
            }
            say(UpgradeReport.row(i, upgrades.getLast()));
        }
        endClients();
        requireEnd(daemon.stop(), upgradeCount + 1);
        return report(isSound(), upgrades);
    }

    /** The first, or one that follows it. Each has a log of its own. */
    private synchronized PramdProcess start(List<String> uris, long sizeBytes) {
        if (isClosed) {
            throw new IllegalStateException("the run is over");
        }
        PramdProcess.Builder builder =
                PramdProcess.builder()
                        .command(DaemonProcess.launcher().toString())
                        .memory(folder.resolve("memory"))
                        .sizeBytes(sizeBytes)
                        .listen(uris.toArray(String[]::new))
                        .log(folder.resolve("log-" + daemons.size()));
        if (!isRestart) {
            builder.options("--handover", folder.resolve("handover").toString());
        }
        PramdProcess started = builder.start();
        daemons.add(started);
        return started;
    }

    private void startClients(List<String> uris, int count) {
        for (int i = 0; i < count; i++) {
            PramClient client = PramClient.connect(uris.get(i % uris.size()));
            connected.add(client);
            clients.add(new UpgradeClient(client, i, seed));
        }
        for (UpgradeClient client : clients) {
            threads.add(Thread.ofPlatform().name("client").daemon().start(client));
        }
    }

    /** Until each client has made some more calls: none is left behind. */
    private void awaitCalls() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (UpgradeClient client : clients) {
            long enough = client.calls() + CALLS_BETWEEN;
            while (client.calls() < enough) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("a client hangs: calls=" + client.calls());
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }

    private LongestCall longest() {
        return clients.stream()
                .map(UpgradeClient::takeLongest)
                .reduce(LongestCall.NONE, LongestCall::orLonger);
    }

    private void requireEnd(int exitCode, int number) {
        if (exitCode != 0) {
            faults.add("daemon " + number + " ended with exit code " + exitCode);
        }
    }

    private void endClients() throws InterruptedException {
        clients.forEach(UpgradeClient::end);
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            if (thread.isAlive()) {
                throw new IllegalStateException("a client does not end");
            }
        }
        connected.forEach(PramClient::close);
    }

    private boolean isSound() {
        Ended fsck = Commands.in(folder).pramd("fsck", folder.resolve("memory").toString());
        if (fsck.exitCode() != 0) {
            faults.add("fsck: " + fsck.stdout() + fsck.stderr());
        }
        return fsck.exitCode() == 0;
    }

    private UpgradeReport report(boolean isSound, List<Upgrade> upgrades) {
        List<String> all = new ArrayList<>(faults);
        clients.forEach(client -> all.addAll(client.faults()));
        return new UpgradeReport(
                clients.stream().mapToLong(UpgradeClient::calls).sum(),
                clients.stream().mapToLong(UpgradeClient::failed).sum(),
                clients.stream().mapToLong(UpgradeClient::wrong).sum(),
                all,
                isSound && faults.isEmpty(),
                upgrades);
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }

    /** Ends every process that was started, however the run ended. */
    @Override
    public synchronized void close() {
        isClosed = true;
        clients.forEach(UpgradeClient::end);
        daemons.forEach(PramdProcess::close);
        connected.forEach(PramClient::close);
    }
}
