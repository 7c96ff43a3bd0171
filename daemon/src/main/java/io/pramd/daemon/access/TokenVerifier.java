package io.pramd.daemon.access;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Thread-safe. Tells whose a token is. The first time that takes a slow hash, on the one thread
 * here, which bounds what guessing costs the daemon; a token that was right once is known again by
 * a fast one, under a key that this process alone has.
 */
final class TokenVerifier implements AutoCloseable {
    static final int WAITING_MAX = 64;

    private static final String MAC = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final RefusalLog refusals;
    private final SecretKeySpec key;
    private final AtomicLong slowHashes = new AtomicLong();
    private final ThreadPoolExecutor worker;
    private volatile Map<String, Known> tokens = Map.of();

    /** Immutable. Whose a token is. */
    record Verified(String principal, String tokenId) {}

    /** Thread-safe. A token of the file. */
    private static final class Known {
        private final IssuedToken issued;

        /** Of the right secret, once somebody has shown it; else null. */
        private volatile byte[] mac;

        Known(IssuedToken issued) {
            this.issued = issued;
        }

        Verified verified() {
            return new Verified(issued.principal(), issued.id());
        }
    }

    TokenVerifier(RefusalLog refusals) {
        this.refusals = refusals;
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, MAC);
        Arrays.fill(random, (byte) 0);
        worker =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING_MAX),
                        Thread.ofPlatform().daemon().name("pramd-tokens").factory());
        // else the first who shows a token would hand its niceness on
        worker.prestartAllCoreThreads();
    }

    /** From now on these tokens are good, and no others. */
    synchronized void replace(List<IssuedToken> issued) {
        Map<String, Known> next = new HashMap<>();
        for (IssuedToken token : issued) {
            Known before = tokens.get(token.id());
            // what has not changed stays known, and so what is known is bounded by the file
            next.put(
                    token.id(),
                    before != null && before.issued.equals(token) ? before : new Known(token));
        }
        tokens = Map.copyOf(next);
    }

    int tokenCount() {
        return tokens.size();
    }

    /** Whose tokens there are. */
    Set<String> principals() {
        return tokens.values().stream()
                .map(known -> known.issued.principal())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether this token is one of the file's, and that principal's. */
    boolean isIssued(String id, String principal) {
        Known known = tokens.get(id);
        return known != null && known.issued.principal().equals(principal);
    }

    long slowHashes() {
        return slowHashes.get();
    }

    /**
     * Verifies a token, and zeroes it. The answer may come on the thread here.
     *
     * @return fails with EACCES, or EAGAIN when too many are waiting
     */
    CompletableFuture<Verified> verify(byte[] token, long connection) {
        byte[] secret = null;
        try {
            if (!TokenText.isWellFormed(token)) {
                return refuse("malformed token bytes=" + token.length, connection);
            }
            String id = TokenText.id(token);
            Known known = tokens.get(id);
            if (known == null) {
                return refuse("unknown token id=" + id, connection);
            }
            byte[] mac = known.mac;
            secret = TokenText.secret(token);
            if (mac != null) {
                return MessageDigest.isEqual(mac, mac(secret))
                        ? CompletableFuture.completedFuture(known.verified())
                        : refuse("wrong secret of token id=" + id, connection);
            }
            Job job = new Job(known, secret, connection);
            secret = null;
            return enqueue(job);
        } finally {
            Arrays.fill(token, (byte) 0);
            if (secret != null) {
                Arrays.fill(secret, (byte) 0);
            }
        }
    }

    private CompletableFuture<Verified> refuse(String cause, long connection) {
        return CompletableFuture.failedFuture(refusals.refuse(cause, connection));
    }

    private CompletableFuture<Verified> enqueue(Job job) {
        try {
            worker.execute(job);
        } catch (RejectedExecutionException e) {
            job.giveUp();
        }
        return job.answer;
    }

    private byte[] mac(byte[] secret) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            return mac.doFinal(secret);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + MAC, e);
        }
    }

    /** Who is waiting gets EAGAIN. */
    @Override
    public void close() {
        for (Runnable waiting : worker.shutdownNow()) {
            ((Job) waiting).giveUp();
        }
    }

    /** One owner. A secret that takes the slow hash. */
    private final class Job implements Runnable {
        private final Known known;
        private final byte[] secret;
        private final long connection;
        private final CompletableFuture<Verified> answer = new CompletableFuture<>();

        Job(Known known, byte[] secret, long connection) {
            this.known = known;
            this.secret = secret;
            this.connection = connection;
        }

        @Override
        public void run() {
            try {
                if (!isRight()) {
                    answer.completeExceptionally(refused("wrong secret of"));
                } else if (tokens.get(known.issued.id()) != known) {
                    answer.completeExceptionally(refused("revoked meanwhile:"));
                } else {
                    answer.complete(known.verified());
                }
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            } finally {
                Arrays.fill(secret, (byte) 0);
            }
        }

        private StoreException refused(String what) {
            return refusals.refuse(what + " token id=" + known.issued.id(), connection);
        }

        /** Somebody before in the queue may have shown the same token. */
        private boolean isRight() {
            byte[] right = known.mac;
            byte[] mac = mac(secret);
            if (right != null) {
                return MessageDigest.isEqual(right, mac);
            }
            slowHashes.incrementAndGet();
            if (!known.issued.hash().isOf(secret)) {
                return false;
            }
            known.mac = mac;
            return true;
        }

        void giveUp() {
            Arrays.fill(secret, (byte) 0);
            answer.completeExceptionally(
                    StoreException.of(
                            Errno.EAGAIN,
                            "too many tokens are being verified at once: waitingMax="
                                    + WAITING_MAX));
        }
    }
}
