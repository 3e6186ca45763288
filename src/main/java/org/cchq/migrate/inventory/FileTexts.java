package org.cchq.migrate.inventory;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.cchq.migrate.base.Problems;

/**
 * Texts of an environment's files by their path inside its directory: those replaced in memory, else as they were on disk when first asked for. Thread-safe.
 */
public final class FileTexts {
    private final Path directory;
    private final String shown;
    private final Map<String, Optional<String>> texts = new HashMap<>();

    /**
     * Makes it.
     *
     * @param shown the directory as shown in messages
     * @param replaced texts by path inside the directory
     */
    public FileTexts(Path directory, String shown, Map<String, String> replaced) {
        this.directory = directory;
        this.shown = shown;
        replaced.forEach((name, text) -> texts.put(name, Optional.of(text)));
    }

    /** The same with some files replaced; the others stay as they were read. */
    public FileTexts with(Map<String, String> replaced) {
        FileTexts copy = new FileTexts(directory, shown, Map.of());
        synchronized (this) {
            copy.texts.putAll(texts);
        }
        replaced.forEach((name, text) -> copy.texts.put(name, Optional.of(text)));
        return copy;
    }

    /** Empty if there is no such file; empty text if it cannot be read, which is then a problem. */
    public synchronized Optional<String> text(String name, Problems problems) {
        Optional<String> known = texts.get(name);
        if (known != null) {
            return known;
        }
        Optional<String> read = read(name, problems);
        texts.put(name, read);
        return read;
    }

    /** Paths of the files in a directory inside, sorted; none if there is no such directory. */
    public synchronized List<String> list(String name, Problems problems) {
        TreeSet<String> names = new TreeSet<>();
        Path inside = directory.resolve(name);
        if (Files.isDirectory(inside)) {
            try (Stream<Path> files = Files.list(inside)) {
                files.filter(Files::isRegularFile).forEach(file -> names.add(name + "/" + file.getFileName()));
            } catch (IOException e) {
                problems.add(shown + "/" + name, "cannot be listed: " + e.getMessage());
            }
        }
        texts.keySet().stream().filter(known -> known.startsWith(name + "/")).forEach(names::add);
        return List.copyOf(names);
    }

    private Optional<String> read(String name, Problems problems) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
        } catch (CharacterCodingException e) {
            problems.add(shown + "/" + name, "is not UTF-8 text");
        } catch (IOException e) {
            problems.add(shown + "/" + name, "cannot be read: " + e.getMessage());
        }
        return Optional.of("");
    }
}
