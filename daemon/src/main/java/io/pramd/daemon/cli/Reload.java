package io.pramd.daemon.cli;

import io.pramd.daemon.cli.Configuration.Entry;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParameterException;

/**
 * Thread-safe. Reads the configuration again, and has a daemon that serves go by it, as far as it
 * can; a value that cannot change while it serves is said to wait for a restart. What is wrong as a
 * whole, or in one line, changes nothing.
 */
final class Reload implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final ServeCommand start;
    private final Serving serving;
    private final DaemonLife life;

    /** Read and good; of those keys that may change the values are in force. */
    private ServeCommand inForce;

    Reload(ServeCommand start, Serving serving, DaemonLife life) {
        this.start = start;
        this.serving = serving;
        this.life = life;
        inForce = start;
    }

    @Override
    public synchronized void run() {
        try {
            ServeCommand now = start.again();
            now.configuration().requireGood();
            requireServable(now);
            changeTo(now);
        } catch (ParameterException | StoreException e) {
            LOG.error("nothing is changed, the configuration is wrong: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("nothing is changed, the configuration cannot be read", e);
        }
    }

    /** As a restart would find it: what is in force is as good as the next start. */
    private static void requireServable(ServeCommand now) {
        List<StoreException> faults = now.faults(now.plan());
        if (!faults.isEmpty()) {
            throw StoreException.of(
                    faults.getFirst().errno(),
                    faults.stream()
                            .map(fault -> fault.errno() + " " + fault.getMessage())
                            .collect(Collectors.joining("; ")));
        }
    }

    private void changeTo(ServeCommand now) {
        List<String> changed = new ArrayList<>();
        Map<String, Entry> before = inForce.configuration().entries();
        Map<String, Entry> atStart = start.configuration().entries();
        now.changeable().applyTo(serving, life);
        now.configuration().settings().warnings().forEach(LOG::warn);
        now.configuration()
                .entries()
                .forEach(
                        (key, entry) -> {
                            if (Changeable.KEYS.contains(key)) {
                                if (!entry.words().equals(before.get(key).words())) {
                                    changed.add(text(key, entry));
                                }
                            } else if (key.equals(SizeSetting.KEY)) {
                                if (!entry.words().equals(before.get(key).words())) {
                                    now.sizeSetting().warnOfOther(serving.sizeBytes());
                                }
                            } else if (!entry.words().equals(atStart.get(key).words())) {
                                LOG.warn("waits for a restart: {}", text(key, entry));
                            }
                        });
        inForce = now;
        LOG.info(
                "the configuration is read again: changed={}",
                changed.isEmpty() ? "nothing" : String.join(", ", changed));
    }

    private static String text(String key, Entry entry) {
        String words = entry.isSet() ? String.join(" ", entry.words()) : "(default)";
        return key + "=" + words + " from " + entry.origin();
    }
}
