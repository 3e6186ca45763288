package org.cchq.migrate.ssh;

/** What a short remote command wrote, as UTF-8, and how it ended. */
public record CommandOutput(Exit exit, String stdout, String stderr) {
    public boolean ok() {
        return exit.ok();
    }

    /** What to tell of a failure: the last line of stderr, or of stdout, or how it ended. */
    public String complaint() {
        String text = stderr.isBlank() ? stdout : stderr;
        return text.isBlank()
                ? exit.toString()
                : text.strip().lines().reduce((a, b) -> b).orElse("") + " (" + exit + ")";
    }
}
