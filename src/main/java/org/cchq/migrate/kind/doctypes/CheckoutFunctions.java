package org.cchq.migrate.kind.doctypes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.doctypes.DesignFunction.Kind;

/**
 * The functions of design documents in a checkout of HQ: {@code APP/_design/views/VIEW/map.js} and
 * {@code couchapps/DESIGN/views/VIEW/map.js}, with {@code reduce.js}, and {@code filters}, {@code shows}, {@code lists} and
 * {@code updates} beside {@code views}, and {@code validate_doc_update.js}. {@code // !code PATH}, couchapp's way to include
 * a file, is followed.
 */
final class CheckoutFunctions {
    private static final Map<String, Kind> FOLDERS =
            Map.of("filters", Kind.FILTER, "shows", Kind.SHOW, "lists", Kind.LIST, "updates", Kind.UPDATE);
    private static final Set<String> NOT_LOOKED_INTO =
            Set.of("node_modules", ".git", "bower_components", "staticfiles");
    private static final Pattern INCLUDE = Pattern.compile("(?m)^.*(?://|#) ?!code (.*)$");
    private static final int DEEPEST_INCLUDE = 8;
    private static final long MOST_BYTES = 2 << 20;

    private CheckoutFunctions() {}

    /** @param path below the checkout */
    record InFile(String path, DesignFunction function) {}

    static List<InFile> read(Path checkout) throws UserException {
        if (!Files.isDirectory(checkout)) {
            throw new UserException("--checkout=" + checkout + ": is no directory");
        }
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(checkout, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return NOT_LOOKED_INTO.contains(String.valueOf(directory.getFileName()))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".js") && attributes.isRegularFile()) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
            files.sort(Comparator.naturalOrder());
            List<InFile> found = new ArrayList<>();
            for (Path file : files) {
                Optional<DesignFunction> function = function(file);
                if (function.isPresent()) {
                    found.add(new InFile(checkout.relativize(file).toString(), function.get()));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UserException("--checkout=" + checkout + ": cannot be read: " + e, e);
        }
    }

    private static Optional<DesignFunction> function(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        Path folder = parent(file);
        Path above = parent(folder);
        String stem = name.substring(0, name.length() - ".js".length());
        if (name.equals("map.js") || name.equals("reduce.js")) {
            boolean inViews = named(above, "views");
            Path design = inViews ? parent(above) : folder;
            Kind kind = name.equals("map.js") ? Kind.VIEW : Kind.REDUCE;
            return Optional.of(function(file, design, kind, String.valueOf(folder.getFileName())));
        }
        if (name.equals("validate_doc_update.js") && isDesign(folder)) {
            return Optional.of(function(file, folder, Kind.VALIDATION, ""));
        }
        Kind kind = FOLDERS.get(String.valueOf(folder.getFileName()));
        return kind != null && isDesign(above) ? Optional.of(function(file, above, kind, stem)) : Optional.empty();
    }

    private static DesignFunction function(Path file, Path design, Kind kind, String name) throws IOException {
        return new DesignFunction(designName(design), kind, name, "javascript", text(file, design, 0));
    }

    private static boolean isDesign(Path directory) {
        return named(directory, "_design")
                || named(parent(directory), "couchapps")
                || Files.isDirectory(directory.resolve("views"));
    }

    /** HQ names a design document after the app, or after its directory among the couchapps. */
    private static String designName(Path design) {
        Path named = named(design, "_design") ? parent(design) : design;
        return String.valueOf(named.getFileName());
    }

    private static boolean named(Path directory, String name) {
        return String.valueOf(directory.getFileName()).equals(name);
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path : parent;
    }

    private static String text(Path file, Path design, int depth) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            return "";
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        if (depth >= DEEPEST_INCLUDE || !text.contains("!code ")) {
            return text;
        }
        StringBuilder whole = new StringBuilder();
        Matcher include = INCLUDE.matcher(text);
        while (include.find()) {
            include.appendReplacement(
                    whole, Matcher.quoteReplacement(included(include.group(1).strip(), design, depth)));
        }
        return include.appendTail(whole).toString();
    }

    /** The files that a path names, with {@code *} for any; taken from the design document's directory. */
    private static String included(String pattern, Path design, int depth) throws IOException {
        Path home = design.toAbsolutePath().normalize();
        Path wanted = home.resolve(pattern).normalize();
        Path directory = parent(wanted);
        if (!Files.isDirectory(directory)) {
            return "";
        }
        List<Path> files;
        try (Stream<Path> inside = Files.list(directory)) {
            String glob = String.valueOf(wanted.getFileName());
            files = inside.filter(
                            file -> matches(String.valueOf(file.getFileName()), glob) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(text(file, design, depth + 1)).append('\n');
        }
        return text.toString();
    }

    private static boolean matches(String name, String glob) {
        return name.matches(Stream.of(glob.split("\\*", -1))
                .map(Pattern::quote)
                .reduce((a, b) -> a + ".*" + b)
                .orElse(""));
    }
}
