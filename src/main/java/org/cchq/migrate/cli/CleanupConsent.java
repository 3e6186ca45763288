package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;

/** Before documents are deleted in the source: shows which, and has the name of the environment typed. */
final class CleanupConsent {
    /** Takes the name where nobody can be asked to type it. */
    static final String OPTION = "environment";

    private final DoctypeSite doctypes;

    CleanupConsent(DoctypeSite doctypes) {
        this.doctypes = doctypes;
    }

    /**
     * The agent's arguments with the consent.
     *
     * @param arguments as they were typed
     * @throws UserException if it was not given; nothing was changed
     */
    List<String> with(List<String> arguments) throws UserException, EndpointException, InterruptedException {
        String name = doctypes.site().environment().name();
        Optional<String> given = given(arguments);
        if (given.isPresent()) {
            require(given.get(), name);
            return arguments;
        }
        Console console = doctypes.site().console();
        new AgentQuestion(doctypes.site(), doctypes.host())
                .require(List.of("run_doctype_migration", doctypes.slug(), "--stats"))
                .lines()
                .forEach(console::say);
        console.say(
                "Cleanup deletes the documents of these types in the source, for good. Only the target has them then.");
        String typed = console.ask("To go on type the name of the environment:")
                .orElseThrow(() -> new UserException("cleanup has the name of the environment typed, and there is no"
                        + " terminal to ask; give --" + OPTION + " " + name));
        require(typed, name);
        List<String> words = new ArrayList<>(arguments);
        words.addAll(List.of("--" + OPTION, name));
        return words;
    }

    private static void require(String typed, String name) throws UserException {
        if (!typed.equals(name)) {
            throw new UserException("'" + typed + "' is not the name of this environment; nothing was changed");
        }
    }

    private static Optional<String> given(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.startsWith("--" + OPTION + "=")) {
                return Optional.of(word.substring(OPTION.length() + 3));
            }
            if (word.equals("--" + OPTION) && i + 1 < arguments.size()) {
                return Optional.of(arguments.get(i + 1));
            }
        }
        return Optional.empty();
    }
}
