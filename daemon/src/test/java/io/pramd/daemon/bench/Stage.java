package io.pramd.daemon.bench;

import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Path;
import java.util.Map;

/**
 * Immutable. Where a case is measured.
 *
 * @param folder empty, and the case's own
 * @param alternatives what may stand beside pramd
 * @param environment of the daemons, on top of this process's
 */
record Stage(Path folder, Alternatives alternatives, Map<String, String> environment) {

    /** Starts a daemon on a memory file of that name in the folder. */
    DaemonProcess startDaemon(String memory, long mebibytes, String uri) {
        return DaemonProcess.start(
                environment, folder.resolve(memory), "--size", mebibytes + "M", "--listen", uri);
    }
}
