package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.List;

/** The rows of a CSV inventory and where their cells stand in the text; {@code #} starts a comment line. */
final class CsvText {
    /** A cell: {@code start} and {@code end} in the text, quotes included; the value without them, trimmed. */
    record Cell(int start, int end, String value) {}

    /**
     * A row.
     *
     * @param end before its line end
     * @param next after its line end
     */
    record Row(int start, int end, int next, List<Cell> cells) {
        Row {
            cells = List.copyOf(cells);
        }

        String cell(int index) {
            return index >= 0 && index < cells.size() ? cells.get(index).value() : "";
        }

        boolean isSeparator() {
            return cells.get(0).value().isEmpty();
        }
    }

    /** A header and its rows. */
    record Block(Row header, List<Row> rows) {
        Block {
            rows = List.copyOf(rows);
        }

        int column(String name) {
            for (int i = 0; i < header.cells().size(); i++) {
                if (header.cell(i).equals(name)) {
                    return i;
                }
            }
            return -1;
        }

        List<Integer> groupColumns() {
            List<Integer> columns = new ArrayList<>();
            for (int i = 0; i < header.cells().size(); i++) {
                if (header.cell(i).startsWith("group")) {
                    columns.add(i);
                }
            }
            return columns;
        }

        boolean ofHosts() {
            return column("hostname") >= 0 && column("host_address") >= 0;
        }
    }

    private CsvText() {}

    static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        List<Row> open = new ArrayList<>();
        for (Row row : rows(text)) {
            if (!row.isSeparator()) {
                open.add(row);
            } else if (!open.isEmpty()) {
                blocks.add(new Block(open.get(0), open.subList(1, open.size())));
                open = new ArrayList<>();
            }
        }
        if (!open.isEmpty()) {
            blocks.add(new Block(open.get(0), open.subList(1, open.size())));
        }
        return blocks;
    }

    private static List<Row> rows(String text) {
        List<Row> rows = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            boolean comment = text.charAt(at) == '#';
            boolean quoted = false;
            List<Cell> cells = new ArrayList<>();
            int cell = at;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '\n' && !quoted) {
                    break;
                }
                if (c == '"' && !comment) {
                    quoted = !quoted;
                } else if (c == ',' && !quoted && !comment) {
                    cells.add(cell(text, cell, at));
                    cell = at + 1;
                }
            }
            int end = at > start && at <= text.length() && text.charAt(at - 1) == '\r' ? at - 1 : at;
            cells.add(cell(text, cell, end));
            at = Math.min(text.length(), at + 1);
            if (!comment) {
                rows.add(new Row(start, end, at, cells));
            }
        }
        return rows;
    }

    private static Cell cell(String text, int start, int end) {
        String value = text.substring(start, end).strip();
        if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1).replace("\"\"", "\"").strip();
        }
        return new Cell(start, end, value);
    }
}
