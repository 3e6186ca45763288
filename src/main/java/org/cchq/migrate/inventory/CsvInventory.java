package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.PythonLiteral;
import org.jspecify.annotations.Nullable;

/**
 * Reads commcare-cloud's CSV inventories: blocks of rows, each with its own header, parted by an empty line or one that
 * starts with a comma; {@code #} starts a comment line.
 *
 * <pre>
 * hostname,host_address,group 1,L.var: devices
 * pg1,10.0.0.7,postgresql,"[""/dev/sdb""]"
 *
 * group,var,val,type
 * postgresql,swap_size,4G,S
 * </pre>
 */
final class CsvInventory {
    private final Problems problems;
    private final InventoryBuilder builder = new InventoryBuilder();

    private CsvInventory(Problems problems) {
        this.problems = problems;
    }

    /**
     * Parses one file or the files of a directory, in their order.
     *
     * @param files text by the file's name as shown in messages
     */
    static Inventory parse(Map<String, String> files, Problems problems) {
        CsvInventory parser = new CsvInventory(problems);
        files.forEach((place, text) -> {
            for (List<CsvRow> block : blocks(CsvRow.read(text, place, problems))) {
                parser.block(block);
            }
        });
        return parser.builder.build();
    }

    private static List<List<CsvRow>> blocks(List<CsvRow> rows) {
        List<List<CsvRow>> blocks = new ArrayList<>();
        List<CsvRow> block = new ArrayList<>();
        for (CsvRow row : rows) {
            if (!row.isSeparator()) {
                block.add(row);
            } else if (!block.isEmpty()) {
                blocks.add(block);
                block = new ArrayList<>();
            }
        }
        if (!block.isEmpty()) {
            blocks.add(block);
        }
        return blocks;
    }

    private void block(List<CsvRow> block) {
        CsvRow header = block.get(0);
        List<CsvRow> rows = block.subList(1, block.size());
        Set<String> names = new LinkedHashSet<>(header.cells());
        if (names.contains("hostname") && names.contains("host_address")) {
            hosts(header.cells(), rows);
        } else if (names.contains("group") && names.contains("var") && names.contains("val")) {
            rows.forEach(row -> variableRow(header.cells(), row));
        } else if (names.contains("group")) {
            rows.forEach(row -> variableColumns(header.cells(), row));
        } else {
            problems.add(
                    header.place(),
                    "the header of a block must have 'hostname' and 'host_address', or 'group'; a block ends with an"
                            + " empty line");
        }
    }

    private void hosts(List<String> header, List<CsvRow> rows) {
        Map<String, String> addresses = new HashMap<>();
        for (CsvRow row : rows) {
            String previous = addresses.put(cell(header, row, "hostname"), cell(header, row, "host_address"));
            if (previous != null) {
                problems.add(row.place(), "hostname '" + cell(header, row, "hostname") + "' is already in this block");
            }
        }
        rows.forEach(row -> host(header, row, addresses));
    }

    private void host(List<String> header, CsvRow row, Map<String, String> addresses) {
        String hostname = cell(header, row, "hostname");
        String address = cell(header, row, "host_address");
        if (hostname.isEmpty() || address.isEmpty()) {
            problems.add(row.place(), "a host needs both hostname and host_address");
            return;
        }
        for (int i = 0; i < header.size(); i++) {
            String group = row.cell(i);
            if (header.get(i).startsWith("group") && !group.isEmpty()) {
                builder.addGroup(group);
            }
        }
        builder.addGroup(hostname);
        builder.addHost(address, hostname);
        builder.setHostVariable(address, "hostname", hostname);
        for (int i = 0; i < header.size(); i++) {
            String column = header.get(i);
            String value = row.cell(i);
            if (value.isEmpty()) {
                continue;
            }
            if (column.startsWith("group")) {
                builder.addChild(value, hostname).ifPresent(wrong -> problems.add(row.place(), wrong));
            } else if (column.contains("var")) {
                variable(row, column, value, addresses, (name, typed) -> {
                    if (name.equals("hostname")) {
                        builder.setHostVariable(address, "alt_hostname", hostname);
                    }
                    builder.setHostVariable(address, name, typed);
                });
            }
        }
    }

    private void variableRow(List<String> header, CsvRow row) {
        String group = cell(header, row, "group");
        String name = cell(header, row, "var");
        if (group.isEmpty() || name.isEmpty()) {
            problems.add(row.place(), "a group variable needs both group and var");
            return;
        }
        String type = cell(header, row, "type");
        builder.addGroup(group);
        typed(
                row,
                type.isEmpty() ? "S" : type,
                cell(header, row, "val"),
                Map.of(),
                typed -> builder.setGroupVariable(group, name, typed));
    }

    private void variableColumns(List<String> header, CsvRow row) {
        String group = cell(header, row, "group");
        if (group.isEmpty()) {
            problems.add(row.place(), "a group variable needs a group");
            return;
        }
        builder.addGroup(group);
        for (int i = 0; i < header.size(); i++) {
            if (header.get(i).contains("var") && !row.cell(i).isEmpty()) {
                variable(
                        row,
                        header.get(i),
                        row.cell(i),
                        Map.of(),
                        (name, typed) -> builder.setGroupVariable(group, name, typed));
            }
        }
    }

    /** A column {@code var: name} or {@code T.var: name}. */
    private void variable(CsvRow row, String column, String value, Map<String, String> addresses, VariableSink sink) {
        int colon = column.indexOf(':');
        int dot = column.indexOf(".var");
        if (colon < 0 || column.substring(colon + 1).isBlank()) {
            problems.add(row.place(), "column '" + column + "': write 'var: name' or 'T.var: name'");
            return;
        }
        String name = column.substring(colon + 1).strip();
        typed(row, dot < 0 ? "S" : column.substring(0, dot), value, addresses, typed -> sink.set(name, typed));
    }

    private void typed(CsvRow row, String type, String value, Map<String, String> addresses, ValueSink sink) {
        try {
            switch (type) {
                case "S" -> sink.set(value);
                case "B" -> sink.set(Set.of("true", "t").contains(value.toLowerCase(Locale.ROOT)));
                case "I" -> sink.set(Integer.valueOf(value));
                case "F" -> sink.set(Double.valueOf(value));
                case "L" -> list(row, value, sink);
                case "H" -> sink.set(addresses.getOrDefault(value, value));
                default -> problems.add(row.place(), "variable type '" + type + "' is none of S, B, I, F, L, H");
            }
        } catch (NumberFormatException e) {
            problems.add(row.place(), "a value of type " + type + " is not a number");
        }
    }

    /** JSON lists of strings and numbers are Python literals too. */
    private void list(CsvRow row, String value, ValueSink sink) {
        @Nullable Object read = PythonLiteral.read(value);
        if (read instanceof List<?>) {
            sink.set(read);
        } else {
            problems.add(row.place(), "a value of type L must be a JSON list");
        }
    }

    private static String cell(List<String> header, CsvRow row, String column) {
        return row.cell(header.indexOf(column));
    }

    @FunctionalInterface
    private interface VariableSink {
        void set(String name, @Nullable Object value);
    }

    @FunctionalInterface
    private interface ValueSink {
        void set(@Nullable Object value);
    }
}
