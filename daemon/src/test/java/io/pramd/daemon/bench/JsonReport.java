package io.pramd.daemon.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.bench.Series.Round;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Immutable. Writes a report for programs, every single round of it. */
final class JsonReport {
    private JsonReport() {}

    static void write(Report report, Path file) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("date", report.date().toString());
        all.put("command", report.command());
        all.put("machine", report.machine());
        all.put("fileSystem", report.fileSystem());
        all.put("scale", report.scale());
        Map<String, Object> cases = new LinkedHashMap<>();
        report.cases()
                .forEach(
                        (name, measured) -> {
                            List<Object> rows = new ArrayList<>(measured.restarts());
                            measured.series().forEach(each -> rows.add(row(each)));
                            cases.put(name.toString(), rows);
                        });
        all.put("cases", cases);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), all);
    }

    private static Map<String, Object> row(Series series) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("what", series.what());
        row.put("rateUnit", series.unit().rate());
        row.put("cpuUnit", series.unit().cpu());
        row.put("ratio", series.ratio());
        row.put("otherCores", series.otherCores());
        row.put("compilerShare", series.compilerShare());
        row.put("pramd", side(series, Round::pramd));
        row.put("plain", side(series, Round::plain));
        return row;
    }

    private static Map<String, Object> side(Series series, Function<Round, Sample> side) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("rate", series.rate(side));
        values.put("serverCpu", series.cpu(side, Sample::serverCpu));
        values.put("clientCpu", series.cpu(side, Sample::clientCpu));
        if (series.hasLatencies()) {
            values.put("p50Micros", series.latencyMicros(side, 0.5));
            values.put("p99Micros", series.latencyMicros(side, 0.99));
        }
        values.put(
                "seconds",
                series.rounds().stream().map(round -> side.apply(round).seconds()).toList());
        return values;
    }
}
