package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.UserException;

/**
 * Changes which hosts a group of a CSV inventory has, by the cells of its {@code group} columns, and the group's rows of
 * variables:
 *
 * <pre>
 * hostname,host_address,group 1,group 2
 * riak21,10.0.0.21,riakcs_new,
 *
 * group,var,val,type
 * riakcs_new,swap_size,4G,S
 * </pre>
 */
final class CsvEdit implements InventoryEdit {
    private record Change(int start, int end, String text) {}

    private final String place;
    private String text;

    CsvEdit(String text, String place) {
        this.text = text;
        this.place = place;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public void copyGroup(String from, String to) throws UserException {
        List<Change> changes = new ArrayList<>();
        boolean widen = false;
        for (CsvText.Block block : CsvText.blocks(text)) {
            if (!block.ofHosts()) {
                replaceVariables(block, from, to, changes);
                continue;
            }
            for (CsvText.Row row : block.rows()) {
                boolean wanted = in(block, row, from).isPresent();
                Optional<CsvText.Cell> there = in(block, row, to);
                if (wanted && there.isEmpty()) {
                    widen |= !enter(block, row, to, changes);
                } else if (!wanted) {
                    there.ifPresent(cell -> changes.add(new Change(cell.start(), cell.end(), "")));
                }
            }
        }
        if (widen) {
            widen(from);
            copyGroup(from, to);
            return;
        }
        make(changes);
    }

    @Override
    public void removeGroup(String group) {
        List<Change> changes = new ArrayList<>();
        for (CsvText.Block block : CsvText.blocks(text)) {
            for (CsvText.Row row : block.rows()) {
                if (block.ofHosts()) {
                    in(block, row, group).ifPresent(cell -> changes.add(new Change(cell.start(), cell.end(), "")));
                } else if (row.cell(block.column("group")).equals(group)) {
                    changes.add(new Change(row.start(), row.next(), ""));
                }
            }
        }
        make(changes);
    }

    @Override
    public void addGroup(String group, String near, List<NewHost> hosts) throws UserException {
        for (NewHost host : hosts) {
            if (!enterExisting(host, group)) {
                addRow(host, group, near);
            }
        }
    }

    private boolean enterExisting(NewHost host, String group) throws UserException {
        for (CsvText.Block block : CsvText.blocks(text)) {
            for (CsvText.Row row : block.rows()) {
                if (!block.ofHosts() || !row.cell(block.column("host_address")).equals(host.address())) {
                    continue;
                }
                List<Change> changes = new ArrayList<>();
                if (in(block, row, group).isEmpty() && !enter(block, row, group, changes)) {
                    throw new UserException(place + ": the row of " + host.address()
                            + " has no free group column; add a column 'group N' to its block");
                }
                make(changes);
                return true;
            }
        }
        return false;
    }

    private void addRow(NewHost host, String group, String near) throws UserException {
        for (CsvText.Block block : CsvText.blocks(text)) {
            List<CsvText.Row> rows = block.ofHosts()
                    ? block.rows().stream()
                            .filter(row -> in(block, row, near).isPresent()
                                    || in(block, row, group).isPresent())
                            .toList()
                    : List.of();
            if (rows.isEmpty()) {
                continue;
            }
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < block.header().cells().size(); i++) {
                String value = i == block.column("hostname")
                        ? (host.hostname().isEmpty() ? host.address() : host.hostname())
                        : i == block.column("host_address")
                                ? host.address()
                                : i == block.groupColumns().get(0) ? group : "";
                line.append(i == 0 ? "" : ",").append(value);
            }
            CsvText.Row last = rows.get(rows.size() - 1);
            make(List.of(new Change(last.end(), last.end(), Lines.end(text) + line)));
            return;
        }
        throw new UserException(place + ": no row is in group '" + near + "'; add rows for the new hosts, in group '"
                + group + "', by hand");
    }

    /** Puts a group into the row's first free group column; false if it has none. */
    private static boolean enter(CsvText.Block block, CsvText.Row row, String group, List<Change> changes) {
        for (int column : block.groupColumns()) {
            if (!row.cell(column).isEmpty()) {
                continue;
            }
            if (column < row.cells().size()) {
                CsvText.Cell cell = row.cells().get(column);
                changes.add(new Change(cell.start(), cell.end(), group));
            } else {
                String commas = ",".repeat(column - row.cells().size() + 1);
                changes.add(new Change(row.end(), row.end(), commas + group));
            }
            return true;
        }
        return false;
    }

    /** One more group column for the blocks of hosts that have rows of the group. */
    private void widen(String group) {
        List<Change> changes = new ArrayList<>();
        for (CsvText.Block block : CsvText.blocks(text)) {
            boolean concerned = block.ofHosts()
                    && block.rows().stream()
                            .anyMatch(row -> in(block, row, group).isPresent());
            if (concerned) {
                int end = block.header().end();
                changes.add(
                        new Change(end, end, ",group " + (block.groupColumns().size() + 1)));
            }
        }
        make(changes);
    }

    private void replaceVariables(CsvText.Block block, String from, String to, List<Change> changes) {
        int column = block.column("group");
        for (CsvText.Row row : block.rows()) {
            if (row.cell(column).equals(to)) {
                changes.add(new Change(row.start(), row.next(), ""));
            } else if (row.cell(column).equals(from)) {
                CsvText.Cell cell = row.cells().get(column);
                String copy = text.substring(row.start(), cell.start()) + to + text.substring(cell.end(), row.end());
                changes.add(new Change(row.end(), row.end(), Lines.end(text) + copy));
            }
        }
    }

    private static Optional<CsvText.Cell> in(CsvText.Block block, CsvText.Row row, String group) {
        return block.groupColumns().stream()
                .filter(column -> row.cell(column).equals(group))
                .map(column -> row.cells().get(column))
                .findFirst();
    }

    private void make(List<Change> changes) {
        StringBuilder edited = new StringBuilder(text);
        changes.stream()
                .sorted(Comparator.comparingInt(Change::start).reversed())
                .forEach(change -> edited.replace(change.start(), change.end(), change.text()));
        text = edited.toString();
    }
}
