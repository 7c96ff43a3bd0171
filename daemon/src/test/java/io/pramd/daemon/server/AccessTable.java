package io.pramd.daemon.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Immutable. What each request of each principal comes to, read from a text: a line for each
 * request, a column for each principal, or for one and some names. It is checked by {@link
 * AccessMatrixTest} over every transport, and printed on docs/security.md.
 */
final class AccessTable {
    /** It is done. */
    static final String OK = "ok";

    /** It is done, and finds nothing. */
    static final String NOTHING = "nothing";

    /** What all but the operator get for names that their rules do not have. */
    static final String ELSEWHERE = "elsewhere";

    /**
     * Requests about a name or a prefix. "own" is what the principal's rules are for; of those
     * below user each has one verb, reader peek and list.
     */
    static final AccessTable NAMES =
            new AccessTable(
                    """
                    request              operator  chief:own  chief:shared  user:own  user:shared  reader  saver   loader  lister  remover  elsewhere
                    save                 ok        ok         EACCES        ok        EACCES       EACCES  ok      EACCES  EACCES  EACCES   ENOENT
                    save, replacing      ok        ok         EACCES        ok        EACCES       EACCES  EACCES  EACCES  EACCES  EACCES   ENOENT
                    load                 ok        ok         EACCES        ok        EACCES       EACCES  EACCES  ok      EACCES  EACCES   ENOENT
                    peek                 ok        ok         ok            ok        ok           ok      EACCES  EACCES  EACCES  EACCES   ENOENT
                    salvage              ok        ok         EACCES        EACCES    EACCES       EACCES  EACCES  EACCES  EACCES  EACCES   ENOENT
                    stat                 ok        ok         ok            ok        ok           ok      EACCES  EACCES  ok      EACCES   ENOENT
                    list                 ok        ok         ok            ok        ok           ok      EACCES  EACCES  ok      EACCES   nothing
                    remove               ok        ok         EACCES        ok        EACCES       EACCES  EACCES  EACCES  EACCES  ok       ENOENT
                    remove, ifSequence   ok        ok         EACCES        ok        EACCES       EACCES  EACCES  ok      EACCES  ok       ENOENT
                    remove all           ok        ok         EACCES        ok        EACCES       EACCES  EACCES  EACCES  EACCES  ok       nothing
                    stat, quarantined    ok        ok         ENOENT        ENOENT    ENOENT       ENOENT  ENOENT  ENOENT  ENOENT  ENOENT   ENOENT
                    salvage, quarantined ok        ok         ENOENT        ENOENT    ENOENT       ENOENT  ENOENT  ENOENT  ENOENT  ENOENT   ENOENT
                    remove, quarantined  ok        ok         ENOENT        ENOENT    ENOENT       ENOENT  ENOENT  ENOENT  ENOENT  ENOENT   ENOENT
                    list, quarantined    ok        ok         nothing       nothing   nothing      nothing EACCES  EACCES  nothing EACCES   nothing
                    """);

    /** Requests that name nothing. The outsider is let in, and its rules allow it nothing. */
    static final AccessTable NAMELESS =
            new AccessTable(
                    """
                    request                   operator  chief   user    reader  saver   loader  lister  remover  outsider
                    outcome of no save        ok        ok      ok      EACCES  ok      EACCES  EACCES  EACCES   ENOENT
                    outcome of own save       ok        ok      ok      EACCES  ok      EACCES  EACCES  EACCES   ENOENT
                    outcome of another's save ok        EACCES  EACCES  EACCES  EACCES  EACCES  EACCES  EACCES   ENOENT
                    check                     ok        EACCES  EACCES  EACCES  EACCES  EACCES  EACCES  EACCES   EACCES
                    grow                      ok        EACCES  EACCES  EACCES  EACCES  EACCES  EACCES  EACCES   EACCES
                    backup                    ok        EACCES  EACCES  EACCES  EACCES  EACCES  EACCES  EACCES   EACCES
                    info                      ok        ok      ok      ok      ok      ok      ok      ok       ok
                    ping                      ok        ok      ok      ok      ok      ok      ok      ok       ok
                    """);

    private final List<String> columns;
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

    private AccessTable(String text) {
        List<String> lines = text.lines().toList();
        columns = List.of(lines.getFirst().split("\\s+")).subList(1, words(lines.getFirst()));
        for (String line : lines.subList(1, lines.size())) {
            List<String> words = Arrays.asList(line.split("\\s+"));
            int nameWords = words.size() - columns.size();
            Map<String, String> cells = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                cells.put(columns.get(i), words.get(nameWords + i));
            }
            rows.put(String.join(" ", words.subList(0, nameWords)), cells);
        }
    }

    private static int words(String line) {
        return line.split("\\s+").length;
    }

    List<String> requests() {
        return List.copyOf(rows.keySet());
    }

    List<String> columns() {
        return columns;
    }

    String expected(String request, String column) {
        return rows.get(request).get(column);
    }

    /** As a table of Markdown. */
    List<String> printed() {
        List<String> lines = new ArrayList<>();
        lines.add(line("request", columns.stream().map(name -> name.replace(":", ", ")).toList()));
        lines.add(line("---", columns.stream().map(name -> "---").toList()));
        rows.forEach((request, cells) -> lines.add(line(request, List.copyOf(cells.values()))));
        return lines;
    }

    private static String line(String first, List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| " + first + " | ", " |"));
    }
}
