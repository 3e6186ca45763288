package org.cchq.migrate.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests to a running agent, one a line, appended by the controller or by hand: {@code cancel WHO}, {@code pause WHO},
 * {@code resume WHO}, {@code workers N}. Lines that are there when the run begins are of an earlier run and are passed
 * over. Not thread-safe.
 */
final class ControlFile {
    private final Path path;
    private int read;

    ControlFile(Path path) {
        this.path = path;
        this.read = lines().size();
    }

    /** Lines that were added since the last call; an unfinished last line waits for the next. */
    List<String> added() {
        List<String> all = lines();
        if (all.size() <= read) {
            return List.of();
        }
        List<String> added = new ArrayList<>(all.subList(read, all.size()));
        read = all.size();
        return added;
    }

    private List<String> lines() {
        try {
            String text = Files.exists(path) ? Files.readString(path) : "";
            int end = text.lastIndexOf('\n');
            return end < 0
                    ? List.of()
                    : text.substring(0, end).lines().map(String::strip).toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
