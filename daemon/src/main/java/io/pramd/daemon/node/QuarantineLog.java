package io.pramd.daemon.node;

import io.pramd.daemon.memory.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Immutable: tells the operator of a node that has been quarantined just now, and what to do. */
final class QuarantineLog {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineLog.class);
    private static final String TEXT =
            "quarantined: pfn={} name={} reason={}; to look at it: pram stat --quarantined {};"
                    + " to save what is left: pram load --quarantined {} --salvage FILE; to remove"
                    + " it: pram rm --quarantined {}; see \"When a node is quarantined\" in"
                    + " docs/operations.md";

    private QuarantineLog() {}

    static void say(Quarantined damage) {
        long pfn = damage.pfn();
        String name = Printable.whole(damage.node().name);
        String reason = Printable.whole(damage.reason());
        LOG.atWarn()
                .addKeyValue("pfn", pfn)
                .addKeyValue("name", name)
                .addKeyValue("reason", reason)
                .log(TEXT, pfn, name, reason, pfn, pfn, pfn);
    }
}
