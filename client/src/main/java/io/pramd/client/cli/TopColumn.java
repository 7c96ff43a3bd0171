package io.pramd.client.cli;

import java.util.List;
import java.util.Locale;

/**
 * Immutable: a column of a table of {@code pram top}.
 *
 * @param columns how wide it is; less than 0 to the left, 0 as wide as what is in it
 * @param widthMin how wide the terminal must be, so that this column is no loss to the others
 */
record TopColumn(String title, int columns, int widthMin) {
    private static final String GAP = "  ";

    static String heading(List<TopColumn> table, int width) {
        return row(table, width, table.stream().map(TopColumn::title).toArray());
    }

    /**
     * @param cells one for each column, without control characters
     */
    static String row(List<TopColumn> table, int width, Object... cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            TopColumn column = table.get(i);
            if (width >= column.widthMin) {
                line.append(line.length() == 0 ? "" : GAP).append(column.fitted(cells[i]));
            }
        }
        return line.toString();
    }

    private String fitted(Object cell) {
        return columns == 0
                ? cell.toString()
                : String.format(Locale.ROOT, "%" + columns + "s", cell);
    }
}
