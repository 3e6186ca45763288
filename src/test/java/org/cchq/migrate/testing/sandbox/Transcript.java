package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.io.Reader;
import java.util.function.Consumer;

/**
 * What a terminal gets, cut into the lines that a person reads: of a line that is drawn anew, what it says in the end. A
 * question is answered as soon as it is asked.
 */
final class Transcript {
    private static final String QUESTION = "[y/N] ";
    private static final String NAME = "the environment: ";
    private static final String CONTROL = "\u001b\\[[0-9;?]*[A-Za-z]";

    private final Consumer<String> lines;
    private final Consumer<String> questions;
    private final StringBuilder line = new StringBuilder();

    /** @param questions is told each question; its answer appears in the line by itself, as the terminal's echo */
    Transcript(Consumer<String> lines, Consumer<String> questions) {
        this.lines = lines;
        this.questions = questions;
    }

    /** Reads to the end. */
    void read(Reader output) throws IOException {
        for (int c = output.read(); c >= 0; c = output.read()) {
            if (c == '\n') {
                lines.accept(shown());
                line.setLength(0);
            } else {
                line.append((char) c);
                if (c == ' '
                        && (line.toString().endsWith(QUESTION)
                                || line.toString().endsWith(NAME))) {
                    questions.accept(shown());
                }
            }
        }
        if (!line.isEmpty()) {
            lines.accept(shown());
        }
    }

    private String shown() {
        String text = line.toString().replaceAll("\r+$", "").replaceAll(CONTROL, "");
        return text.substring(text.lastIndexOf('\r') + 1);
    }
}
