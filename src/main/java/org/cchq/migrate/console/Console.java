package org.cchq.migrate.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Optional;

/**
 * Results go to stdout, everything else to stderr. Colours and a progress line that redraws itself only on a terminal;
 * elsewhere progress is plain lines that get rarer as time goes on. Threads may share it.
 */
public final class Console {
    private static final String CYAN = "\u001b[36m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final PrintStream err;
    private final Optional<BufferedReader> answers;
    private final Look look;
    private final Thinning thinning;
    private boolean progressShown;

    /** How it looks. */
    public record Look(boolean terminal, boolean colour, int width) {
        /** A log, a pipe. */
        public static final Look LOG = new Look(false, false, 80);
    }

    /**
     * @param answers where a person types; empty without a terminal: every question is then answered with no
     * @param clock for the thinning of progress lines
     */
    public Console(PrintStream out, PrintStream err, Optional<BufferedReader> answers, Look look, Clock clock) {
        this.out = out;
        this.err = err;
        this.answers = answers;
        this.look = look;
        this.thinning = new Thinning(clock);
    }

    /** A line of the result. */
    public synchronized void result(String line) {
        clearProgress();
        out.println(line);
        out.flush();
    }

    /** Where a remote command's stdout goes, byte for byte. */
    public OutputStream resultStream() {
        return out;
    }

    /** Where a remote command's stderr goes, byte for byte. */
    public OutputStream conversationStream() {
        return err;
    }

    /** A line of the conversation. */
    public synchronized void say(String line) {
        clearProgress();
        err.println(line);
    }

    /** The command that is about to run on a host; on a terminal a long one is wrapped as a shell would take it. */
    public synchronized void command(String line) {
        clearProgress();
        err.println(coloured(CYAN, look.terminal() ? WrappedCommand.of(line, look.width()) : line));
    }

    /** Something to know. */
    public synchronized void warn(String line) {
        clearProgress();
        err.println(coloured(YELLOW, "warning: " + line));
    }

    /** Why it ends. */
    public synchronized void error(String line) {
        clearProgress();
        err.println(coloured(RED, line));
    }

    /** Columns that a progress line may take; a log has no limit. */
    public int progressWidth() {
        return look.terminal() ? look.width() - 1 : Integer.MAX_VALUE;
    }

    /** The newest progress; may be left out of a log. */
    public synchronized void progress(String line) {
        if (look.terminal()) {
            err.print(CLEAR_LINE + line);
            err.flush();
            progressShown = true;
        } else if (thinning.due()) {
            err.println(line);
        }
    }

    /** Asks for y or n; no terminal, end of input and an empty answer mean no. */
    public synchronized boolean confirm(String question) {
        clearProgress();
        if (answers.isEmpty()) {
            err.println(question + " [y/N] no (there is no terminal to ask; --quiet answers yes)");
            return false;
        }
        try {
            while (true) {
                err.print(question + " [y/N] ");
                err.flush();
                String answer = answers.get().readLine();
                if (answer == null || answer.isBlank() || answer.strip().matches("n|N|no|NO")) {
                    return false;
                }
                if (answer.strip().matches("y|Y|yes")) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks for something to be typed; empty without a terminal and at the end of the input. */
    public synchronized Optional<String> ask(String question) {
        clearProgress();
        if (answers.isEmpty()) {
            return Optional.empty();
        }
        try {
            err.print(question + " ");
            err.flush();
            return Optional.ofNullable(answers.get().readLine()).map(String::strip);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private String coloured(String colour, String line) {
        return look.colour() ? colour + line + PLAIN : line;
    }

    private void clearProgress() {
        if (progressShown) {
            err.print(CLEAR_LINE);
            progressShown = false;
        }
    }
}
