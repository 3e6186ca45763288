package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.json.Json;

/**
 * {@code bin/demo [metadata|doctype] [--json] [--rows=N]}: a migration on a sandbox, of blobs, of their metadata or of document
 * types, from its first step to the last, judged by a comparison of its own. Exit status 0 only if nothing was found wrong.
 */
public final class DemoMain {
    private static final String BLOBS = "blobs";
    /** What can be shown, with how many rows or documents. */
    private static final Map<String, Integer> SHOWN = Map.of(BLOBS, 20_000, "metadata", 20_000, "doctype", 3_000);

    private DemoMain() {}

    public static void main(String[] arguments) throws Exception {
        Path checkout = Path.of(arguments[0]);
        List<String> options = List.of(arguments).subList(1, arguments.length);
        boolean json = options.contains("--json");
        String what = BLOBS;
        int rows = 0;
        for (String option : options) {
            if (SHOWN.containsKey(option)) {
                what = option;
            } else if (option.matches("--rows=[1-9][0-9]{2,5}")) {
                rows = Integer.parseInt(option.substring("--rows=".length()));
            } else if (!option.equals("--json")) {
                System.err.println("usage: bin/demo [metadata|doctype] [--json] [--rows=N], N from 100 to 999999");
                System.exit(2);
            }
        }
        PrintStream human = json ? System.err : System.out;
        int count = rows == 0 ? SHOWN.getOrDefault(what, 0) : rows;
        System.exit(run(demonstration(what, checkout, count, new DemoConsole(human)), human, json));
    }

    private static Demonstration demonstration(String what, Path checkout, int rows, DemoConsole console) {
        return switch (what) {
            case "doctype" -> new DoctypeDemo(checkout, rows, console);
            case "metadata" -> new MetadataDemo(checkout, rows, console);
            default -> new Demo(checkout, rows, console);
        };
    }

    private static int run(Demonstration demo, PrintStream human, boolean json) throws Exception {
        Thread cleanUp = new Thread(() -> close(demo), "demo-stop");
        Runtime.getRuntime().addShutdownHook(cleanUp);
        try {
            Map<String, Object> result = demo.run();
            if (json) {
                System.out.println(Json.write(result));
            }
            return "ok".equals(result.get("result")) ? 0 : 1;
        } catch (IOException | AssertionError e) {
            human.println("The demonstration broke off: " + e.getMessage());
            return 1;
        } finally {
            demo.close();
        }
    }

    private static void close(Demonstration demo) {
        try {
            demo.close();
        } catch (Exception e) {
            System.err.println("demo: not all could be stopped: " + e);
        }
    }
}
