package io.pramd.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FsckProblem;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.daemon.recovery.FsckReport.ChosenRoot;
import io.pramd.daemon.recovery.FsckReport.Counts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Immutable. A check's report as text for people and as JSON for programs (docs/cli.md). */
final class FsckPrinter {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private FsckPrinter() {}

    static void printText(FsckReport report, PrintWriter out) {
        Counts counts = report.counts();
        out.println(
                report.file()
                        + ": "
                        + new ByteSize(FileLayout.fileOffset(counts.total()))
                        + ", "
                        + counts.total()
                        + " frames"
                        + (report.besideDaemon() ? ", checked beside a running daemon" : ""));
        report.root().ifPresent(root -> out.println(rootLine(root)));
        out.println(
                "nodes: "
                        + counts.nodes()
                        + (counts.quarantined() > 0 ? ", damaged: " + counts.quarantined() : ""));
        out.printf(
                "frames: data %d, link %d, node %d, directory %d, fixed %d, unreached %d%n",
                counts.data(),
                counts.link(),
                counts.node(),
                counts.directory(),
                counts.fixed(),
                counts.unreached());
        if (counts.held() > 0) {
            out.println("of these held by a forced root only: " + counts.held());
        }
        report.notes().forEach(note -> out.println("note: " + note));
        report.problems().forEach(problem -> out.println("problem: " + problem.text()));
        long unlisted = report.problemCount() - report.problems().size();
        if (unlisted > 0) {
            out.println("and " + unlisted + " more problems");
        }
        out.println(report.isClean() ? "clean" : "DAMAGED: " + report.problemCount() + " problems");
    }

    private static String rootLine(ChosenRoot root) {
        return "root: "
                + root.sequence()
                + (root.forced() ? " (forced)" : " (current)")
                + ", level "
                + root.level();
    }

    static void printJson(FsckReport report, PrintWriter out) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", report.file().toString());
        json.put("clean", report.isClean());
        json.put("besideDaemon", report.besideDaemon());
        json.put("root", report.root().map(FsckPrinter::rootJson).orElse(null));
        json.put("nodes", nodesJson(report.counts()));
        json.put("frames", framesJson(report.counts()));
        json.put("problemCount", report.problemCount());
        json.put("problems", report.problems().stream().map(FsckPrinter::problemJson).toList());
        json.put("notes", report.notes());
        print(json, out);
    }

    /** The object for a file that could not be checked. */
    static void printJson(Path file, StoreException e, PrintWriter out) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file.toString());
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("errno", e.errno().name());
        error.put("text", e.getMessage());
        json.put("error", error);
        print(json, out);
    }

    private static Map<String, Object> rootJson(ChosenRoot root) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sequence", root.sequence());
        json.put("forced", root.forced());
        json.put("level", root.level());
        json.put("nodeCount", root.nodeCount());
        return json;
    }

    private static Map<String, Object> nodesJson(Counts counts) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total", counts.nodes());
        json.put("quarantined", counts.quarantined());
        return json;
    }

    private static Map<String, Object> framesJson(Counts counts) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total", counts.total());
        json.put("fixed", counts.fixed());
        json.put("directory", counts.directory());
        json.put("node", counts.node());
        json.put("link", counts.link());
        json.put("data", counts.data());
        json.put("unreached", counts.unreached());
        json.put("held", counts.held());
        return json;
    }

    private static Map<String, Object> problemJson(FsckProblem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", problem.kind().name());
        json.put("where", problem.where());
        json.put("expected", problem.expected());
        json.put("actual", problem.actual());
        return json;
    }

    private static void print(Map<String, Object> json, PrintWriter out) {
        try {
            out.println(JSON.writeValueAsString(json));
            out.flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of plain values is always JSON", e);
        }
    }
}
