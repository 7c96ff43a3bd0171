package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * One owner. Compares what a daemon without work says that somebody uses with the sum over the
 * nodes that it lists.
 */
final class KillUsage {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

    /** Bytes and nodes. */
    private record Held(long bytes, long nodes) {
        static Held by(List<NodeRecord> nodes, Predicate<NodeRecord> whose) {
            List<NodeRecord> theirs = nodes.stream().filter(whose).toList();
            long pages = theirs.stream().mapToLong(NodeRecord::pages).sum();
            return new Held(pages * KillNode.PAGE, theirs.size());
        }

        static Held said(Map<String, InfoValue> info, String begin) {
            return new Held(count(info, begin + ".bytes.used"), count(info, begin + ".nodes.used"));
        }

        private static long count(Map<String, InfoValue> info, String key) {
            return ((InfoValue.Count) info.get(key)).value();
        }
    }

    private KillUsage() {}

    /** What there is to say, for a principal itself; empty: it is exact. */
    static List<String> ofOwn(PramClient client, String principal) {
        return awaitExact(
                () -> {
                    Map<String, InfoValue> info = client.info();
                    Held said = Held.said(info, "quota");
                    Held held = Held.by(client.list(""), node -> node.owner().equals(principal));
                    List<String> wrong = new ArrayList<>();
                    compare(wrong, "own " + principal, said, held);
                    return wrong;
                });
    }

    /** The same for an administrator, of all who have a quota. */
    static List<String> ofAll(PramClient client, List<String> principals) {
        return awaitExact(
                () -> {
                    Map<String, InfoValue> info = client.info();
                    List<NodeRecord> nodes = client.list("");
                    List<String> wrong = new ArrayList<>();
                    for (String principal : principals) {
                        Held held = Held.by(nodes, node -> node.owner().equals(principal));
                        Held said = Held.said(info, "quota.principal." + principal);
                        compare(wrong, "principal " + principal, said, held);
                        KillLimits limits = KillLimits.of(principal);
                        if (held.bytes() > limits.bytes() || held.nodes() > limits.nodes()) {
                            wrong.add("over its quota: " + principal + " " + held);
                        }
                    }
                    String prefix = KillLimits.LIMITED_PREFIX;
                    Held held = Held.by(nodes, node -> node.name().startsWith(prefix));
                    compare(wrong, prefix, Held.said(info, "quota.prefix." + prefix), held);
                    if (held.bytes() > KillLimits.LIMITED_PREFIX_BYTES) {
                        wrong.add("over its quota: " + prefix + " " + held);
                    }
                    return wrong;
                });
    }

    private static void compare(List<String> wrong, String whose, Held said, Held held) {
        if (!said.equals(held)) {
            wrong.add("usage of " + whose + ": said=" + said + " listed=" + held);
        }
    }

    /** One look that finds nothing. */
    private interface Look {
        List<String> wrong();
    }

    /** What is over is there until it is dropped, between two questions perhaps. */
    private static List<String> awaitExact(Look look) {
        long limit = System.nanoTime() + LIMIT_NANOS;
        List<String> wrong = look.wrong();
        while (!wrong.isEmpty() && System.nanoTime() < limit) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            wrong = look.wrong();
        }
        return wrong;
    }
}
