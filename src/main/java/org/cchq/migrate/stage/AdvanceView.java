package org.cchq.migrate.stage;

import java.util.List;

/** What a person sees of advance and back. */
public interface AdvanceView {
    /** The gates of the way, open and shut. */
    void gates(List<Gate> gates);

    /** A step to come, with what it would change. */
    void coming(int number, int of, String title, boolean done, List<String> preview);

    /** A step begins. */
    void step(int number, int of, String title);

    /** What a step says, or that there was nothing to do. */
    void said(String line);

    /** Asks whether to go on. */
    boolean confirm(String question);
}
