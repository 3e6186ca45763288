package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.Problems;

/**
 * One record of a CSV text (RFC 4180; quoted cells may hold commas, doubled quotes and line ends), cells trimmed.
 *
 * @param place file and line where it starts
 */
record CsvRow(String place, List<String> cells) {
    CsvRow {
        cells = List.copyOf(cells);
    }

    /** All records but comments; blank lines are records without text. */
    static List<CsvRow> read(String text, String place, Problems problems) {
        List<CsvRow> rows = new ArrayList<>();
        int line = 1;
        int at = 0;
        while (at < text.length()) {
            int startLine = line;
            List<String> cells = new ArrayList<>();
            StringBuilder cell = new StringBuilder();
            boolean comment = text.charAt(at) == '#';
            boolean quoted = false;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '\n') {
                    line++;
                    if (!quoted) {
                        break;
                    }
                }
                if (comment) {
                    continue;
                }
                if (c == '"' && quoted && at + 1 < text.length() && text.charAt(at + 1) == '"') {
                    cell.append('"');
                    at++;
                } else if (c == '"') {
                    quoted = !quoted;
                } else if (c == ',' && !quoted) {
                    cells.add(cell.toString().strip());
                    cell.setLength(0);
                } else {
                    cell.append(c);
                }
            }
            at++;
            if (quoted) {
                problems.add(place + ":" + startLine, "a quoted cell has no end");
            }
            if (!comment) {
                cells.add(cell.toString().strip());
                rows.add(new CsvRow(place + ":" + startLine, cells));
            }
        }
        return rows;
    }

    /** True for a line that parts two blocks: blank, or starting with a comma. */
    boolean isSeparator() {
        return cells.get(0).isEmpty();
    }

    /** The cell, empty if the row is short. */
    String cell(int index) {
        return index >= 0 && index < cells.size() ? cells.get(index) : "";
    }
}
