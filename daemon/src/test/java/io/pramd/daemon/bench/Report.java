package io.pramd.daemon.bench;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * Immutable. All that a run has measured, and how.
 *
 * @param notes what is missing on this machine
 */
record Report(
        LocalDate date,
        String command,
        Machine machine,
        String fileSystem,
        CaseName.Scale scale,
        List<String> notes,
        Map<CaseName, BenchCase.Measured> cases) {}
