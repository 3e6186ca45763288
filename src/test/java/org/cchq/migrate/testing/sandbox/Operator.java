package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.testing.HostView;

/** Someone at a terminal of the control machine, who types command lines at the sandbox. */
final class Operator implements AutoCloseable {
    private final Path checkout;
    private final Sandbox sandbox;
    private final DemoConsole console;
    private final Map<String, String> variables;
    private final List<TypedCommand> typed = new ArrayList<>();

    Operator(Path checkout, Sandbox sandbox, DemoConsole console) throws IOException {
        this.checkout = checkout;
        this.sandbox = sandbox;
        this.console = console;
        variables = Map.of(
                "COMMCARE_CLOUD_ENVIRONMENTS", sandbox.environments().toString(),
                "XDG_STATE_HOME", sandbox.scratch().closed("state").toString());
    }

    /**
     * Types a command on a terminal and says yes to every question.
     *
     * @param words the program, relative to the checkout, and its arguments
     */
    TypedCommand type(String... words) throws IOException {
        return keep(TypedCommand.onTerminal(console, checkout, variables, "y", words));
    }

    /** Runs a command whose standard output is read by a program. */
    TypedCommand run(String... words) throws IOException {
        return keep(TypedCommand.start(console, checkout, variables, words));
    }

    private synchronized TypedCommand keep(TypedCommand command) {
        typed.add(command);
        return command;
    }

    /**
     * Types a line as a document has it, with {@code cchq} and the like from bin/.
     *
     * @param line in the words of a shell: no variables, single or double quotes
     */
    TypedCommand line(String line) throws IOException {
        List<String> words = words(asHere(line));
        words.set(0, "bin/" + words.get(0).replaceFirst("^bin/", ""));
        return type(words.toArray(String[]::new));
    }

    /** A path on the management host, as its processes see it. */
    String seen(String path) {
        try {
            return asHere(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The line with the places and accounts of this sandbox, where its hosts cannot show those of production. */
    private String asHere(String line) throws IOException {
        try {
            if (HostView.possible()) {
                return line;
            }
        } catch (Exception e) {
            throw new IOException(e);
        }
        Map<String, String> here = new HashMap<>();
        here.put("/opt/data/", sandbox.host("manage0").data() + "/");
        here.put("cchq:cchq", sandbox.serviceUser() + ":");
        String changed = line;
        for (Map.Entry<String, String> one : here.entrySet()) {
            changed = changed.replace(one.getKey(), one.getValue());
        }
        return changed;
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (char c : (line.strip() + " ").toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                begun = true;
            } else if (c == ' ') {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        return words;
    }

    @Override
    public synchronized void close() {
        typed.forEach(TypedCommand::close);
        typed.clear();
    }
}
