package org.cchq.migrate.inventory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.Problems;

/** Finds and reads the one inventory of an environment: inventory.ini, inventory.csv or the directory inventory/. */
public final class InventoryFiles {
    private static final String INI = "inventory.ini";
    private static final String CSV = "inventory.csv";
    private static final String DIRECTORY = "inventory";

    private InventoryFiles() {}

    /** True if the directory has an inventory of any sort. */
    public static boolean exist(Path environment) {
        return Files.isRegularFile(environment.resolve(INI))
                || Files.isRegularFile(environment.resolve(CSV))
                || Files.isDirectory(environment.resolve(DIRECTORY));
    }

    /** Reads it from the environment's directory as it is on disk. */
    public static Inventory read(Path environment, String shown, Problems problems) {
        return read(new FileTexts(environment, shown, Map.of()), shown, problems);
    }

    /**
     * Reads it.
     *
     * @param shown the environment's directory as shown in messages
     * @param problems gets everything that is wrong; the result is usable only if nothing was added
     */
    public static Inventory read(FileTexts files, String shown, Problems problems) {
        Map<String, String> texts = new LinkedHashMap<>();
        List<String> sources = new ArrayList<>();
        for (String name : List.of(INI, CSV)) {
            files.text(name, problems).ifPresent(text -> {
                texts.put(shown + "/" + name, text);
                sources.add(name);
            });
        }
        List<String> inDirectory = files.list(DIRECTORY, problems);
        if (!inDirectory.isEmpty()) {
            sources.add(DIRECTORY + "/");
            inDirectory.forEach(
                    name -> files.text(name, problems).ifPresent(text -> texts.put(shown + "/" + name, text)));
        }
        if (sources.size() != 1) {
            problems.add(
                    shown,
                    sources.isEmpty()
                            ? "there is no inventory.ini, inventory.csv or inventory/"
                            : "there must be one inventory, found " + String.join(" and ", sources)
                                    + "; keep the one that is true");
            return new InventoryBuilder().build();
        }
        if (sources.get(0).equals(INI)) {
            String place = shown + "/" + INI;
            return IniInventory.parse(texts.getOrDefault(place, ""), place, problems);
        }
        return CsvInventory.parse(texts, problems);
    }
}
