package org.cchq.migrate.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;

/** The inventory's files, and edits of them; what changes must be in one file, so that it changes at once. */
final class InventoryText {
    /** A change of the text of one inventory file. */
    interface Change {
        void make(InventoryEdit edit) throws UserException;
    }

    private final Environment environment;
    private final String shown;

    InventoryText(Environment environment) {
        this.environment = environment;
        this.shown = "environments/" + environment.name() + "/";
    }

    /** The edit that the change makes of the one file that it concerns. */
    FileEdit edit(String name, Change change) throws UserException {
        List<FileEdit> edits = new ArrayList<>();
        Map<String, UserException> refused = new LinkedHashMap<>();
        for (String file : files()) {
            String was = environment.fileText(file).orElse("");
            InventoryEdit edit = file.endsWith(".ini") ? new IniEdit(was) : new CsvEdit(was, shown + file);
            try {
                change.make(edit);
            } catch (UserException e) {
                refused.put(file, e);
                continue;
            }
            if (!edit.text().equals(was)) {
                edits.add(new FileEdit(name, file, was, edit.text()));
            }
        }
        if (edits.size() == 1) {
            return edits.get(0);
        }
        if (edits.isEmpty() && !refused.isEmpty()) {
            throw refused.values().iterator().next();
        }
        throw new UserException(
                edits.isEmpty()
                        ? shown + files().get(0) + ": there is nothing to change in the inventory"
                        : shown + "inventory: the hosts of riakcs and riakcs_new are in several files ("
                                + String.join(
                                        ", ", edits.stream().map(FileEdit::file).toList())
                                + "); put them into one, so that they change at once");
    }

    private List<String> files() throws UserException {
        for (String name : List.of("inventory.ini", "inventory.csv")) {
            if (environment.fileText(name).isPresent()) {
                return List.of(name);
            }
        }
        Path directory = environment.directory().resolve("inventory");
        try (Stream<Path> list = Files.list(directory)) {
            return list.filter(Files::isRegularFile)
                    .map(file -> "inventory/" + file.getFileName())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UserException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }
}
