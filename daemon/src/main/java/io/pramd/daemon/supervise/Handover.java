package io.pramd.daemon.supervise;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable. What two daemons say to each other, a line each. The successor names the version and
 * the memory file; the predecessor makes an {@link Offer}; the successor says that it has taken it;
 * the predecessor says its pid, and then how far its end is. What else is said there is for later
 * versions, and nothing to this one.
 */
final class Handover {
    static final String TAKEN = "taken";

    private static final String REQUEST = "pramd-handover 1 ";
    private static final String REFUSED = "refused ";
    private static final Pattern PID = Pattern.compile("pid ([0-9]{1,10})");

    private Handover() {}

    static void ask(UnixStream predecessor, Path memory) throws IOException {
        predecessor.send(REQUEST + memory.toRealPath().toUri().getRawPath());
    }

    /**
     * @throws StoreException EINVAL for who speaks otherwise, or wants another memory file
     */
    static void requireAskedFor(String request, Path memory) throws IOException {
        String expected = REQUEST + memory.toRealPath().toUri().getRawPath();
        if (!request.equals(expected)) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "another memory file, or another way to hand over: expected="
                            + expected
                            + " actual="
                            + request);
        }
    }

    /**
     * @throws StoreException EACCES for a process of another user
     */
    static void requireSameUser(UnixStream.Peer peer) throws IOException {
        int own = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (peer.uid() != own) {
            throw StoreException.of(
                    Errno.EACCES,
                    "the other process runs as another user: expected uid="
                            + own
                            + " actual uid="
                            + peer.uid());
        }
    }

    static void refuse(UnixStream successor, StoreException why) throws IOException {
        successor.send(REFUSED + why.errno() + " " + why.getMessage().replace('\n', ' '));
    }

    /**
     * The line, unless it says that there is no hand-over.
     *
     * @throws StoreException with the reason
     */
    static String orRefused(String line) {
        if (!line.startsWith(REFUSED)) {
            return line;
        }
        String[] words = line.substring(REFUSED.length()).split(" ", 2);
        Errno errno =
                Arrays.stream(Errno.values())
                        .filter(known -> known.name().equals(words[0]))
                        .findFirst()
                        .orElse(Errno.EINVAL);
        throw StoreException.of(
                errno, "the daemon there does not hand over: " + words[words.length - 1]);
    }

    /**
     * The kernel does not know it: of a socket that was inherited it tells the process that first
     * listened there.
     */
    static void sayPid(UnixStream successor) throws IOException {
        successor.send("pid " + ProcessHandle.current().pid());
    }

    /** Empty: the line says something else. */
    static Optional<String> pid(String line) {
        Matcher words = PID.matcher(line);
        return words.matches() ? Optional.of(words.group(1)) : Optional.empty();
    }

    static StoreException notUnderstood(String line) {
        return StoreException.of(
                Errno.EINVAL, "whoever listens there is no daemon that hands over: said=" + line);
    }
}
