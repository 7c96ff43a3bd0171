package io.pramd.daemon.settings;

import java.util.List;
import org.tomlj.TomlPosition;

/**
 * Immutable. The lines of a file, to find the one that a value of a list stands on: the parser
 * names the place behind the comma or bracket before it, which may be lines above.
 */
final class SourceLines {
    private static final char COMMENT = '#';

    private final List<String> lines;

    SourceLines(String text) {
        lines = text.lines().toList();
    }

    /** The line, counted from 1, of what comes next from there on. */
    int lineOfNext(TomlPosition position) {
        int line = position.line();
        int column = position.column();
        while (line < lines.size() && isBlank(lines.get(line - 1), column)) {
            line++;
            column = 1;
        }
        return line;
    }

    /** Whether nothing but a comment is left of the line. */
    private static boolean isBlank(String line, int column) {
        int skipped = Math.min(column - 1, line.codePointCount(0, line.length()));
        String rest = line.substring(line.offsetByCodePoints(0, skipped)).strip();
        return rest.isEmpty() || rest.charAt(0) == COMMENT;
    }
}
