package io.pramd.daemon.bench;

import io.pramd.daemon.bench.CaseName.Scale;
import java.time.LocalDate;
import java.util.Map;

/** Immutable. All that one run has measured, and how. */
record Report(
        LocalDate date,
        String command,
        Machine machine,
        String fileSystem,
        Scale scale,
        Map<CaseName, BenchCase.Measured> cases) {}
