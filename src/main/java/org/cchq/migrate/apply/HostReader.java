package org.cchq.migrate.apply;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.ssh.RemoteShell;

/** Reads, in one round trip, what a host has at the paths of some {@link HostFiles}. */
final class HostReader {
    private final String host;
    private final HostFiles.Purpose purpose;
    private final List<HostFiles> wanted;

    /** @param wanted all of one host and one purpose; at least one */
    HostReader(List<HostFiles> wanted) {
        this.host = wanted.get(0).host();
        this.purpose = wanted.get(0).purpose();
        this.wanted = List.copyOf(wanted);
    }

    HostReading read(RemoteShell shell) throws EndpointException, InterruptedException {
        String output = shell.require(
                "read the files of " + purpose.name().toLowerCase(Locale.ROOT), HostScript.READ, request());
        Map<String, FoundPath> paths = new HashMap<>();
        Map<String, List<FoundPath>> matches = new HashMap<>();
        HostReading.Left left = HostReading.Left.NOTHING;
        List<String> lines = output.lines().toList();
        if (lines.isEmpty() || !lines.get(lines.size() - 1).equals("end")) {
            throw new EndpointException(
                    host, Kind.UNREACHABLE, "Tried to read files on " + host + " but the answer was cut off");
        }
        for (String line : lines.subList(0, lines.size() - 1)) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "left" -> left = words[1].equals("busy") ? HostReading.Left.AT_WORK : HostReading.Left.CUT_OFF;
                case "match" ->
                    matches.computeIfAbsent(decoded(words[1]), pattern -> new ArrayList<>())
                            .add(found(words, 2));
                default -> {
                    FoundPath found = found(words, 0);
                    paths.put(found.path(), found);
                }
            }
        }
        return new HostReading(host, purpose, paths, matches, left, Optional.empty());
    }

    /** The journal's place: beside the first path in the order of letters, whatever else belongs to the purpose. */
    static String journal(List<HostFiles> wanted) {
        String first = wanted.stream()
                .flatMap(files -> files.files().stream())
                .map(HostFile::path)
                .map(path -> path.substring(0, path.lastIndexOf('/') + 1))
                .sorted()
                .findFirst()
                .orElse("/");
        return first + ".cchq-migrate-" + wanted.get(0).purpose().name().toLowerCase(Locale.ROOT);
    }

    private InputStream request() {
        StringBuilder lines = new StringBuilder(journal(wanted)).append('\n');
        Set<String> patterns = new LinkedHashSet<>();
        Map<String, String> owners = new LinkedHashMap<>();
        for (HostFiles files : wanted) {
            for (HostFile file : files.files()) {
                requirePlain(file.path());
                if (file instanceof HostFile.NoOther) {
                    patterns.add(file.path());
                } else if (file instanceof HostFile.Content content) {
                    owners.put(file.path(), content.owner());
                } else {
                    owners.putIfAbsent(file.path(), "-");
                }
            }
        }
        owners.forEach((path, owner) ->
                lines.append("path ").append(owner).append(' ').append(path).append('\n'));
        patterns.forEach(pattern -> lines.append("glob - ").append(pattern).append('\n'));
        return new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void requirePlain(String path) {
        if (!path.startsWith("/") || path.endsWith("/") || !path.equals(path.strip()) || path.contains("\n")) {
            throw new IllegalArgumentException("not an absolute path of a file: '" + path + "'");
        }
    }

    private FoundPath found(String[] words, int at) throws EndpointException {
        String path = decoded(words[at + 1]);
        FoundPath.Kind kind = FoundPath.Kind.valueOf(words[at + 2].toUpperCase(Locale.ROOT));
        String mode = words[at + 3].equals("-") ? "" : PathComparison.fourDigits(words[at + 3]);
        boolean there = kind != FoundPath.Kind.NOTHING && kind != FoundPath.Kind.NO_DIRECTORY;
        String group = words[at + 6].equals("-") ? "" : words[at + 6];
        byte[] data = Base64.getDecoder().decode(words.length > at + 7 ? words[at + 7] : "");
        boolean file = kind == FoundPath.Kind.FILE;
        return new FoundPath(
                path,
                kind,
                new Secret(file ? text(path, data) : ""),
                kind == FoundPath.Kind.LINK ? new String(data, StandardCharsets.UTF_8) : "",
                mode,
                there ? words[at + 4] : "",
                there ? words[at + 5] : "",
                group);
    }

    private String text(String path, byte[] data) throws EndpointException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new EndpointException(
                    host,
                    Kind.REFUSED,
                    "Tried to read " + path + " on " + host + " but it is not UTF-8 text; look at it, and move it away"
                            + " if it is not needed",
                    e);
        }
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
