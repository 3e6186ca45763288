package org.cchq.migrate.inventory;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cchq.migrate.base.Problems;

/** Finds and reads the one inventory of an environment: inventory.ini, inventory.csv or the directory inventory/. */
public final class InventoryFiles {
    private InventoryFiles() {}

    /** True if the directory has an inventory of any sort. */
    public static boolean exist(Path environment) {
        return !sources(environment).isEmpty();
    }

    /**
     * Reads it.
     *
     * @param shown the environment's directory as shown in messages
     * @param problems gets everything that is wrong; the result is usable only if nothing was added
     */
    public static Inventory read(Path environment, String shown, Problems problems) {
        List<String> sources = sources(environment);
        if (sources.size() != 1) {
            problems.add(
                    shown,
                    sources.isEmpty()
                            ? "there is no inventory.ini, inventory.csv or inventory/"
                            : "there must be one inventory, found " + String.join(" and ", sources));
            return new InventoryBuilder().build();
        }
        String name = sources.get(0);
        Path source = environment.resolve(name);
        String place = shown + "/" + name;
        if (name.equals("inventory.ini")) {
            return IniInventory.parse(text(source, place, problems), place, problems);
        }
        Map<String, String> texts = new LinkedHashMap<>();
        if (name.equals("inventory.csv")) {
            texts.put(place, text(source, place, problems));
        } else {
            for (Path file : files(source, place, problems)) {
                String filePlace = place + file.getFileName();
                texts.put(filePlace, text(file, filePlace, problems));
            }
        }
        return CsvInventory.parse(texts, problems);
    }

    private static List<String> sources(Path environment) {
        List<String> found = new ArrayList<>();
        for (String name : List.of("inventory.ini", "inventory.csv")) {
            if (Files.isRegularFile(environment.resolve(name))) {
                found.add(name);
            }
        }
        if (Files.isDirectory(environment.resolve("inventory"))) {
            found.add("inventory/");
        }
        return found;
    }

    private static List<Path> files(Path directory, String place, Problems problems) {
        try (Stream<Path> list = Files.list(directory)) {
            return list.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            problems.add(place, "cannot be listed: " + e.getMessage());
            return List.of();
        }
    }

    private static String text(Path file, String place, Problems problems) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            problems.add(place, "is not UTF-8 text");
        } catch (IOException e) {
            problems.add(place, "cannot be read: " + e.getMessage());
        }
        return "";
    }
}
