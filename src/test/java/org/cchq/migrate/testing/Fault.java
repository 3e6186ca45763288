package org.cchq.migrate.testing;

import java.time.Duration;

/** What {@link FaultRelay} does to one request and its answer. Positions count from the first byte of a body. */
public sealed interface Fault {
    /** Whose bytes. */
    enum Direction {
        REQUEST,
        RESPONSE
    }

    /** How a connection ends. */
    enum Manner {
        /** FIN: an ordinary end, too early. */
        FIN,
        /** RST: "connection reset". */
        RESET
    }

    /** Passed on as it is. */
    record None() implements Fault {}

    /** The relay reads the request and answers itself; the server never sees it. */
    record Answer(int status, String code) implements Fault {}

    /** The server does the work, and the client gets another answer than the server's. */
    record AnswerInstead(int status, String code) implements Fault {}

    /** Passes on {@code after} bytes of the body, 0 for the head only, less for nothing; then ends both connections. */
    record Cut(Direction direction, long after, Manner manner) implements Fault {}

    /** Changes one bit of the body, counted from 0. */
    record Flip(Direction direction, long bit) implements Fault {}

    /** Passes on {@code after} bytes of the body, less than 0 for nothing, and then nothing for a time. */
    record Stall(Direction direction, long after, Duration time) implements Fault {}

    /** Reads the request, passes nothing on, answers nothing, and keeps the connection. */
    record BlackHole() implements Fault {}

    Fault NONE = new None();
    Fault SLOW_DOWN = new Answer(503, "SlowDown");
    Fault INTERNAL_ERROR = new Answer(500, "InternalError");
    Fault INTERNAL_ERROR_AFTER_THE_WORK = new AnswerInstead(500, "InternalError");
    Fault BLACK_HOLE = new BlackHole();
}
