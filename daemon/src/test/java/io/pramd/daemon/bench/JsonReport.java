package io.pramd.daemon.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.daemon.bench.BenchCase.Measured;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        all.put("skipped", report.notes());
        Map<String, Object> cases = new LinkedHashMap<>();
        report.cases().forEach((name, measured) -> cases.put(name.toString(), of(measured)));
        all.put("cases", cases);
        all.put("goals", Goals.judge(report.cases()).stream().map(GoalsTable::json).toList());
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), all);
    }

    private static Map<String, Object> of(Measured measured) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("title", measured.title());
        values.put("notes", measured.notes());
        values.put("rows", measured.series().stream().map(JsonReport::row).toList());
        return values;
    }

    private static Map<String, Object> row(Series series) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("what", series.what());
        row.put("rateUnit", series.unit().rate());
        row.put("cpuUnit", series.unit().cpu());
        row.put("subject", series.subject());
        row.put("otherCores", series.otherCores());
        row.put("compilerShare", series.compilerShare());
        Map<String, Object> ratios = new LinkedHashMap<>();
        series.others().forEach(other -> ratios.put(other, series.ratio(other)));
        row.put("ratios", ratios);
        Map<String, Object> contenders = new LinkedHashMap<>();
        series.samples().keySet().forEach(name -> contenders.put(name, contender(series, name)));
        row.put("contenders", contenders);
        return row;
    }

    private static Map<String, Object> contender(Series series, String name) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("rate", series.rate(name));
        values.put("serverCpu", series.cpu(name, Sample::serverCpu));
        values.put("clientCpu", series.cpu(name, Sample::clientCpu));
        if (series.hasLatencies(name)) {
            values.put("p50Micros", series.latencyMicros(name, 0.5));
            values.put("p99Micros", series.latencyMicros(name, 0.99));
            values.put("p99MicrosOfAll", series.latencyMicrosOfAll(name, 0.99));
        }
        List<Sample> samples = series.samples().get(name);
        values.put("rounds", samples.stream().map(JsonReport::round).toList());
        return values;
    }

    private static Map<String, Object> round(Sample sample) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("seconds", sample.seconds());
        values.put("serverCpuSeconds", sample.serverCpu());
        values.put("clientCpuSeconds", sample.clientCpu());
        values.put("compilerCpuSeconds", sample.compilerCpu());
        values.put("otherCpuSeconds", sample.otherCpu());
        values.put("serverMemory", sample.footprint());
        return values;
    }
}
