package io.pramd.daemon.torture;

import io.pramd.client.PramException;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One owner. Lives of one daemon after another on one memory file, under client processes that
 * outlive it, each life ended by force; between two of them everything is compared.
 */
final class KillRun implements AutoCloseable {
    private static final int CLIENTS = 3;
    private static final int LIVES_A_FILE = 150;
    private static final Duration LIMIT = Duration.ofSeconds(240);
    private static final long DAWN_MILLIS = 1000;

    /** How long a start takes on a machine without other work. */
    private static final long QUIET_READY_MILLIS = 500;

    private final Path folder;
    private final Path memory;
    private final String level;
    private final String levels;
    private final List<KillClientProcess> clients = new ArrayList<>();
    private volatile KillEvidence evidence = new KillEvidence();
    private volatile KillDaemon daemon;
    private volatile boolean isDying;
    private volatile boolean isClosed;
    private int lives;
    private long readyMillis = DAWN_MILLIS;

    /**
     * @param level of the daemon
     * @param levels which saves ask for, by name, separated by commas
     */
    KillRun(Path folder, String level, String levels) {
        this.folder = folder;
        this.memory = folder.resolve("memory");
        this.level = level;
        this.levels = levels;
    }

    /** One life of the daemon, and what came before it was ready. */
    Map<String, Long> round(long seed) throws Exception {
        return guarded(
                seed,
                random -> {
                    killAtDawn(random);
                    growAtRest(random);
                    String uri = startCompared(random);
                    if (random.nextInt(4) == 0) {
                        kill(); // so that the next ones work while the links are walked
                        uri = start(random);
                    }
                    live(uri, random);
                    checkAtRest();
                });
    }

    /** What the last life has left is compared, too. */
    Map<String, Long> ending(long seed) throws Exception {
        return guarded(
                seed,
                random -> {
                    startCompared(random);
                    kill();
                    checkAtRest();
                });
    }

    /** What is done with one daemon after another, until one is ended for good. */
    @FunctionalInterface
    private interface Lives {
        void run(Random random) throws Exception;
    }

    private Map<String, Long> guarded(long seed, Lives rest) throws Exception {
        Random random = new Random(seed);
        evidence = new KillEvidence();
        isDying = false;
        try {
            prepare(random);
            rest.run(random);
        } catch (IllegalStateException | StoreException | PramException e) {
            evidence.fault("wrong", 1, e.toString());
        } finally {
            endByForce();
        }
        if (isClosed) {
            throw new InterruptedException("the run was ended from outside");
        }
        if (evidence.hasFaults()) {
            System.err.println(evidence.firstFault());
            System.err.println("evidence: " + evidence.keep(folder, seed));
            forgetAll();
        }
        return evidence.figures();
    }

    private void prepare(Random random) throws IOException, InterruptedException {
        if (lives >= LIVES_A_FILE) {
            forgetAll();
        }
        lives++;
        for (int i = clients.size(); i < CLIENTS; i++) {
            clients.add(startClient(i, random));
        }
    }

    private KillClientProcess startClient(int number, Random random) throws InterruptedException {
        KillClientProcess client =
                new KillClientProcess(
                        folder, "client" + number + "-", random.nextLong() >> 1, this::hear);
        client.await("ready", LIMIT);
        return client;
    }

    private void forgetAll() throws IOException {
        clients.forEach(KillClientProcess::close);
        clients.clear();
        KillDaemon.forget(folder);
        lives = 0;
    }

    private void hear(String line) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("fault")) {
            evidence.fault(words[1], 1, words[2]);
        } else if (!isDying) {
            evidence.fault("wrong", 1, "the daemon lives, and a client says: " + line);
        }
    }

    /** Kills daemons while they start, some before they have opened the file, some behind it. */
    private void killAtDawn(Random random) {
        int kills = Math.max(0, random.nextInt(6) - 2);
        for (int i = 0; i < kills; i++) {
            daemon = new KillDaemon(folder, level, sizeBytes(random), random);
            pause(readyMillis / 3 + random.nextLong(readyMillis));
            kill();
            checkAtDawn();
        }
    }

    private void growAtRest(Random random) throws IOException, InterruptedException {
        if (random.nextInt(5) == 0 && Files.exists(memory)) {
            if (new KillGrowth(folder, random).growAtRest(readyMillis)) {
                evidence.add("kills", 1);
            }
            checkAtRest();
        }
    }

    /** There may be no file yet: then there is none that is not whole. */
    private void checkAtDawn() {
        if (Files.exists(memory)) {
            checkAtRest();
        }
    }

    private static long sizeBytes(Random random) {
        return (192L + 64 * random.nextInt(5)) << 20;
    }

    private String startCompared(Random random) throws Exception {
        String uri = start(random);
        settle(uri);
        new KillCensus(memory).count(uri, evidence);
        return uri;
    }

    private String start(Random random) throws InterruptedException {
        long begin = System.nanoTime();
        isDying = false;
        daemon = new KillDaemon(folder, level, sizeBytes(random), random);
        String uri = daemon.awaitReady();
        readyMillis = Math.max(50, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        return uri;
    }

    private void settle(String uri) throws InterruptedException {
        clients.forEach(client -> client.order("settle " + uri));
        for (KillClientProcess client : clients) {
            evidence.add("verified", Long.parseLong(client.await("settled", LIMIT)));
        }
    }

    private void live(String uri, Random random) throws InterruptedException {
        work(uri);
        List<KillClientProcess> working = new ArrayList<>(clients);
        if (random.nextInt(4) == 0) {
            pause(workMillis(random.nextInt(800)));
            rest(uri, working);
            work(uri);
        }
        if (random.nextInt(4) == 0) {
            pause(workMillis(random.nextInt(600)));
            working.remove(killClient(random));
        }
        if (random.nextInt(6) == 0) {
            checkBeside();
        }
        Thread growing = new Thread();
        if (random.nextInt(5) == 0) {
            growing = new KillGrowth(folder, random).growWhileServed(uri, evidence);
        }
        pause(workMillis(random.nextInt(random.nextInt(3) == 0 ? 60 : 1500)));
        end(random);
        working.forEach(client -> client.order("gone"));
        awaitIdle(working);
        growing.join();
    }

    /** On a busy machine everything takes longer, and as much is to be done. */
    private long workMillis(long millis) {
        return millis * Math.max(1, readyMillis / QUIET_READY_MILLIS);
    }

    private void work(String uri) throws InterruptedException {
        for (KillClientProcess client : clients) {
            client.order("work " + uri + " " + levels);
            client.await("working", LIMIT);
        }
    }

    private void awaitIdle(List<KillClientProcess> working) throws InterruptedException {
        for (KillClientProcess client : working) {
            evidence.add("acknowledged", Long.parseLong(client.await("idle", LIMIT)));
        }
    }

    /** Everybody stops for a moment: then no frame is on its way. */
    private void rest(String uri, List<KillClientProcess> working) throws InterruptedException {
        working.forEach(client -> client.order("stop"));
        awaitIdle(working);
        new KillCensus(memory).count(uri, evidence);
    }

    /** Another process goes on with its journal, from the next life on. */
    private KillClientProcess killClient(Random random) throws InterruptedException {
        int number = random.nextInt(CLIENTS);
        KillClientProcess victim = clients.get(number);
        victim.kill();
        clients.set(number, startClient(number, random));
        return victim;
    }

    private void end(Random random) throws InterruptedException {
        isDying = true;
        int dice = random.nextInt(20);
        if (dice >= 4) {
            kill();
            return;
        }
        daemon.terminate();
        if (dice == 0) {
            int exitCode = daemon.awaitExit();
            if (exitCode != 0) {
                evidence.fault("wrong", 1, "a clean stop ends with " + exitCode);
            }
        } else {
            pause(random.nextInt(random.nextBoolean() ? 100 : 500));
            kill();
        }
    }

    private void kill() {
        isDying = true;
        if (!daemon.isAlive()) {
            return; // a stop was faster, or it has ended by itself, which its start or idle clients
            // tell
        }
        daemon.kill();
        evidence.add("kills", 1);
    }

    private void checkAtRest() {
        FsckReport report = Fsck.check(memory);
        if (!report.isClean()) {
            evidence.fault("wrong", report.problemCount(), "fsck at rest: " + report);
        }
    }

    private void checkBeside() {
        try {
            FsckReport report = Fsck.check(memory);
            if (!report.isClean()) {
                evidence.fault("wrong", report.problemCount(), "fsck beside: " + report);
            }
        } catch (StoreException e) {
            if (e.errno() != Errno.EAGAIN) {
                throw e;
            }
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis)); // the moment of a kill
    }

    private void endByForce() {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        clients.forEach(KillClientProcess::close);
        endByForce();
    }
}
