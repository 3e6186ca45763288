package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.json.Json;

/**
 * {@code bin/demo [doctype] [--json] [--rows=N]}: a migration on a sandbox, of blobs or of document types, from the first
 * stage to the last, with an agent that is killed on the way, judged by a comparison of its own. Exit status 0 only if nothing was found wrong.
 */
public final class DemoMain {
    private static final int ROWS = 20_000;
    private static final int DOCUMENTS = 3000;

    private DemoMain() {}

    public static void main(String[] arguments) throws Exception {
        Path checkout = Path.of(arguments[0]);
        List<String> options = List.of(arguments).subList(1, arguments.length);
        boolean json = options.contains("--json");
        boolean doctype = options.contains("doctype");
        int rows = doctype ? DOCUMENTS : ROWS;
        for (String option : options) {
            if (option.equals("doctype")) {
                continue;
            } else if (option.matches("--rows=[1-9][0-9]{2,5}")) {
                rows = Integer.parseInt(option.substring("--rows=".length()));
            } else if (!option.equals("--json")) {
                System.err.println("usage: bin/demo [doctype] [--json] [--rows=N], N from 100 to 999999");
                System.exit(2);
            }
        }
        PrintStream human = json ? System.err : System.out;
        int status = run(checkout, doctype, rows, human, json);
        System.exit(status);
    }

    private static int run(Path checkout, boolean doctype, int rows, PrintStream human, boolean json) throws Exception {
        DemoConsole console = new DemoConsole(human);
        Demonstration demo = doctype ? new DoctypeDemo(checkout, rows, console) : new Demo(checkout, rows, console);
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
