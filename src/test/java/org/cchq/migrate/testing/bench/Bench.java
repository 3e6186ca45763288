package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.run.AgentStart;

/**
 * {@code bin/bench blobs|metadata|doctype [--quick] [--cell NAME]... [--rounds N] [--json FILE] [--jvm "OPTION ..."]}: the agent, rclone
 * and the limit on the same servers in one run. Results on stdout, what happens on stderr. Exit code 0 also where a target
 * is missed: a benchmark is no gate. 1 if a cell could not be measured, 2 for a wrong command line.
 */
public final class Bench {
    /** The cells of {@code bin/bench doctype}. */
    private static final List<String> DOCTYPE = List.of("doctype", "lag");
    /** The one cell of {@code bin/bench metadata}. */
    private static final List<String> METADATA = List.of("metadata");

    private final Options options;

    private record Options(
            boolean quick, List<String> cells, int rounds, Optional<Path> json, Optional<List<String>> jvm) {
        /** As asked for, else as the controller gives them to this command. */
        List<String> jvmFor(String... command) {
            return jvm.orElseGet(() -> AgentStart.javaOptions(List.of(command)));
        }

        boolean ofDocuments() {
            return DOCTYPE.containsAll(cells) || METADATA.containsAll(cells);
        }
    }

    private Bench(Options options) {
        this.options = options;
    }

    /** First argument: the agent's jar; then as the user typed them. */
    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = parse(Arrays.asList(arguments).subList(1, arguments.length));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(
                    "usage: bin/bench blobs|metadata|doctype [--quick] [--cell NAME]... [--rounds N] [--json FILE]"
                            + " [--jvm OPTIONS]\ncells: " + String.join(" ", Cells.names()) + "; "
                            + String.join(" ", METADATA) + "; " + String.join(" ", DOCTYPE));
            System.exit(2);
            return;
        }
        int exit = new Bench(options).run(Path.of(arguments[0]));
        System.exit(exit);
    }

    private static Options parse(List<String> words) {
        if (words.isEmpty() || !List.of("blobs", "metadata", "doctype").contains(words.get(0))) {
            throw new IllegalArgumentException("bench: what? 'blobs', 'metadata' and 'doctype' are what there is");
        }
        List<String> all = switch (words.get(0)) {
            case "doctype" -> DOCTYPE;
            case "metadata" -> METADATA;
            default -> Cells.names();
        };
        boolean quick = false;
        int rounds = 0;
        List<String> cells = new ArrayList<>();
        Optional<List<String>> jvm = Optional.empty();
        Optional<Path> json = Optional.empty();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--quick")) {
                quick = true;
                continue;
            }
            if (i + 1 == words.size()) {
                throw new IllegalArgumentException("bench: " + word + " is unknown or lacks its value");
            }
            String value = words.get(++i);
            switch (word) {
                case "--cell" -> {
                    if (!all.contains(value)) {
                        throw new IllegalArgumentException("bench: no cell '" + value + "'");
                    }
                    cells.add(value);
                }
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--json" -> json = Optional.of(Path.of(value));
                case "--jvm" -> jvm = Optional.of(List.of(value.trim().split("\\s+")));
                default -> throw new IllegalArgumentException("bench: unknown option " + word);
            }
        }
        return new Options(quick, cells.isEmpty() ? all : cells, rounds > 0 ? rounds : quick ? 1 : 5, json, jvm);
    }

    private int run(Path agentJar) throws Exception {
        Map<String, Object> machine = Machine.describe();
        System.out.println(Machine.line(machine));
        List<CellResult> results = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        long start = System.nanoTime();
        if (options.ofDocuments()) {
            int count = options.quick() ? 2_000 : 20_000;
            Map<String, Measuring> cells = Map.of(
                    "metadata",
                    new MetadataCell(
                            agentJar,
                            options.jvmFor("run_blob_migration", "migrate_metadata"),
                            options.quick() ? 10_000 : 200_000,
                            options.rounds())::run,
                    "doctype",
                    new DoctypeCell(agentJar, options.jvmFor("run_doctype_migration"), count, options.rounds())::run,
                    "lag",
                    new LagCell(agentJar, options.jvmFor("run_doctype_migration"), 2_000, options.quick() ? 10 : 60, 1)
                            ::run);
            for (String name : options.cells()) {
                measure(name, Objects.requireNonNull(cells.get(name)), results, broken);
            }
        } else {
            blobs(agentJar, results, broken);
        }
        System.out.print(summary(results, broken));
        System.out.printf(
                Locale.ROOT,
                "%d round%s of each, medians; %.0f s in all.%n",
                options.rounds(),
                options.rounds() == 1 ? "" : "s",
                (System.nanoTime() - start) / 1e9);
        if (options.json().isPresent()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("machine", machine);
            json.put("rounds", options.rounds());
            json.put("quick", options.quick());
            json.put("cells", results.stream().map(CellResult::json).toList());
            json.put("not_measured", broken);
            Files.writeString(options.json().get(), Json.writePretty(json) + "\n");
        }
        return broken.isEmpty() ? 0 : 1;
    }

    private void blobs(Path agentJar, List<CellResult> results, List<String> broken) throws Exception {
        try (Workbench bench = new Workbench(agentJar, options.jvmFor("run_blob_migration"))) {
            if (options.jvm().isEmpty()) {
                bench.archiveClasses();
            }
            Cells cells = new Cells(bench, options.quick(), options.rounds());
            for (String name : options.cells()) {
                measure(name, cells::run, results, broken);
            }
        }
    }

    /** Measures one cell. */
    private interface Measuring {
        CellResult run(String name) throws Exception;
    }

    private static void measure(String name, Measuring cell, List<CellResult> results, List<String> broken)
            throws Exception {
        try {
            CellResult result = cell.run(name);
            results.add(result);
            System.out.println();
            System.out.print(result.text());
        } catch (IOException e) {
            broken.add(name);
            System.out.println("\n" + name + ": not measured: " + e.getMessage());
        }
        System.out.flush();
    }

    private static String summary(List<CellResult> results, List<String> broken) {
        StringBuilder text = new StringBuilder("\nTargets\n");
        int met = 0;
        int all = 0;
        for (CellResult result : results) {
            for (CellResult.Target target : result.targets()) {
                text.append(target.line(result.name())).append('\n');
                all++;
                met += target.met() ? 1 : 0;
            }
        }
        text.append(met).append(" of ").append(all).append(" targets met");
        if (!broken.isEmpty()) {
            text.append("; not measured: ").append(String.join(", ", broken));
        }
        return text.append(".\n").toString();
    }
}
