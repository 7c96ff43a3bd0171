package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.InfoValue;
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
    private final KillGuard guard; // null: whoever connects may do everything
    private final boolean isWatched;
    private volatile KillEvidence evidence;
    private volatile KillDaemon daemon;
    private volatile boolean isDying;
    private volatile boolean isClosed;
    private int lives;
    private long readyMillis = DAWN_MILLIS;

    /**
     * @param level of the daemon
     * @param levels which saves ask for, by name, separated by commas
     * @param guard what stands before the daemon; null: nothing
     * @param isWatched whether somebody looks at the daemon through its admin listener
     */
    KillRun(Path folder, String level, String levels, KillGuard guard, boolean isWatched) {
        this.folder = folder;
        this.memory = folder.resolve("memory");
        this.level = level;
        this.levels = levels;
        this.guard = guard;
        this.isWatched = isWatched;
        this.evidence = new KillEvidence(guard != null, isWatched);
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
                    KillFsck.atRest(memory, evidence);
                });
    }

    /** What the last life has left is compared, too. */
    Map<String, Long> ending(long seed) throws Exception {
        return guarded(
                seed,
                random -> {
                    startCompared(random);
                    kill();
                    KillFsck.atRest(memory, evidence);
                });
    }

    /** What is done with one daemon after another, until one is ended for good. */
    @FunctionalInterface
    private interface Lives {
        void run(Random random) throws Exception;
    }

    private Map<String, Long> guarded(long seed, Lives rest) throws Exception {
        Random random = new Random(seed);
        evidence = new KillEvidence(guard != null, isWatched);
        isDying = false;
        try {
            prepare(random);
            rest.run(random);
            requireAuditApart();
        } catch (IllegalStateException | StoreException | PramException e) {
            evidence.fault("wrong", 1, e.toString());
        } finally {
            endByForce();
        }
        if (isClosed) {
            throw new InterruptedException("the run was ended from outside");
        }
        if (evidence.hasFaults()) {
            System.err.println(evidence.text(folder));
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
        for (int i = clients.size(); i < KillClient.CLIENTS; i++) {
            clients.add(startClient(i, random));
        }
    }

    private KillClientProcess startClient(int number, Random random) throws InterruptedException {
        KillClientProcess client =
                new KillClientProcess(
                        folder,
                        KillClient.name(number),
                        random.nextLong() >> 1,
                        guard == null ? null : guard.folder(),
                        this::hear);
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
            daemon = newDaemon(random);
            pause(readyMillis / 3 + random.nextLong(readyMillis));
            kill();
            KillFsck.atDawn(memory, evidence);
        }
    }

    private void growAtRest(Random random) throws IOException, InterruptedException {
        if (random.nextInt(5) == 0 && Files.exists(memory)) {
            if (new KillGrowth(folder, random).growAtRest(readyMillis)) {
                evidence.add("kills", 1);
            }
            KillFsck.atRest(memory, evidence);
        }
    }

    private KillDaemon newDaemon(Random random) {
        List<String> options =
                List.of(
                        "--size",
                        Long.toString(sizeBytes(random)),
                        "--durability",
                        level,
                        "--drain",
                        "300ms");
        return new KillDaemon(folder, options, guard, isWatched ? this::watch : null, random);
    }

    private Onlookers watch(String admin) {
        KillEvidence seen = evidence;
        Path token = guard == null ? null : KillGuard.token(guard.folder(), KillGuard.OPERATOR);
        return new Onlookers(
                admin,
                token,
                System.nanoTime(),
                () -> seen.add("answersSeen", 1),
                text -> seen.fault("wrong", 1, text));
    }

    private static long sizeBytes(Random random) {
        return (192L + 64 * random.nextInt(5)) << 20;
    }

    private String startCompared(Random random) throws Exception {
        String uri = start(random);
        settle(uri);
        census(uri, random);
        return uri;
    }

    private String start(Random random) throws InterruptedException {
        long begin = System.nanoTime();
        isDying = false;
        daemon = newDaemon(random);
        String uri = daemon.awaitReady();
        readyMillis = Math.max(50, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        return uri;
    }

    private void settle(String uri) throws InterruptedException {
        clients.forEach(client -> client.order("settle " + uri));
        for (KillClientProcess client : clients) {
            KillTally.parse(client.await("settled", LIMIT), evidence::add);
        }
    }

    private void live(String uri, Random random) throws Exception {
        work(uri);
        List<KillClientProcess> working = new ArrayList<>(clients);
        if (random.nextInt(4) == 0) {
            pause(workMillis(random.nextInt(800)));
            rest(uri, working, random);
            work(uri);
        }
        if (random.nextInt(4) == 0) {
            pause(workMillis(random.nextInt(600)));
            working.remove(killClient(random));
        }
        if (random.nextInt(6) == 0) {
            KillFsck.beside(memory, evidence);
        }
        if (guard != null && random.nextInt(4) == 0) {
            renewGuard(uri, working, random);
        }
        Thread growing = new Thread();
        if (random.nextInt(5) == 0) {
            growing =
                    new KillGrowth(folder, random).growWhileServed(operator(uri, random), evidence);
        }
        pause(workMillis(random.nextInt(random.nextInt(3) == 0 ? 60 : 1500)));
        end(random);
        working.forEach(client -> client.order("gone"));
        awaitIdle(working);
        growing.join();
    }

    /** Renews what guards the daemon while it is used: nobody may be turned away for that. */
    private void renewGuard(String uri, List<KillClientProcess> working, Random random)
            throws Exception {
        guard.renewCertificates();
        String principal = guard.principals().get(random.nextInt(guard.principals().size()));
        guard.issueToken(principal);
        awaitTokens(uri, random);
        guard.giveOut(principal);
        working.forEach(client -> client.order("renew"));
        for (KillClientProcess client : working) {
            client.await("renewed", LIMIT);
        }
        guard.revokeOldTokens();
        if (random.nextBoolean()) {
            awaitTokens(uri, random);
        }
        evidence.add("renewed", 1);
    }

    /** The daemon knows those tokens that are in its file, and no others. */
    private void awaitTokens(String uri, Random random) {
        try (PramClient client = awaitOperator(uri, random)) {
            InfoValue all = InfoValue.of((long) guard.tokens());
            long limit = System.nanoTime() + LIMIT.toNanos();
            while (!client.info().get("access.tokens").equals(all)) {
                if (System.nanoTime() > limit) {
                    throw new IllegalStateException("tokens are not read: " + client.info());
                }
                pause(50);
            }
        }
    }

    private PramClient awaitOperator(String uri, Random random) {
        return KillPatience.connect(operator(uri, random), KillHand.IMPATIENT);
    }

    private WayIn operator(String uri, Random random) {
        KillPass pass = guard == null ? KillPass.NONE : guard.pass(KillGuard.OPERATOR);
        return pass.way(uri, random);
    }

    private void census(String uri, Random random) throws InterruptedException {
        List<String> principals = guard == null ? List.of() : KillClient.workers();
        new KillCensus(memory, principals).count(operator(uri, random), evidence);
        if (isWatched) {
            MapAtRest.compare(daemon.awaitOnlookers().way(), operator(uri, random), evidence);
        }
    }

    /** On a busy machine everything takes longer, and as much is to be done. */
    private long workMillis(long millis) {
        long comingIn = guard == null ? 1 : 2; // tokens are verified one after the other
        return comingIn * millis * Math.max(1, readyMillis / QUIET_READY_MILLIS);
    }

    private void work(String uri) throws InterruptedException {
        for (KillClientProcess client : clients) {
            client.order("work " + uri + " " + levels);
            client.await("working", LIMIT);
        }
    }

    private void awaitIdle(List<KillClientProcess> working) throws InterruptedException {
        for (KillClientProcess client : working) {
            KillTally.parse(client.await("idle", LIMIT), evidence::add);
        }
    }

    /** Everybody stops for a moment: then no frame is on its way. */
    private void rest(String uri, List<KillClientProcess> working, Random random)
            throws InterruptedException {
        working.forEach(client -> client.order("stop"));
        awaitIdle(working);
        census(uri, random);
    }

    /** Another process goes on with its journal, from the next life on. */
    private KillClientProcess killClient(Random random) throws InterruptedException {
        int number = random.nextInt(KillClient.CLIENTS);
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

    /** The audit has a file of its own, from the first line on. */
    private void requireAuditApart() throws IOException {
        Path log = folder.resolve(KillEvidence.LOG);
        if (guard != null && Files.readString(log).contains(" pramd.audit ")) {
            evidence.fault("wrong", 1, "the audit is in the daemon's log");
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
