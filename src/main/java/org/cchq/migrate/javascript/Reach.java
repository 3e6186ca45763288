package org.cchq.migrate.javascript;

/** How certainly the run comes to where it is, and whether the effect has come about. */
final class Reach {
    private final Effect sought;
    private int functions;
    private Truth flow = Truth.YES;
    private Truth reached = Truth.NO;

    Reach(Effect sought) {
        this.sought = sought;
    }

    Truth flow() {
        return flow;
    }

    void flow(Truth now) {
        flow = now;
    }

    Truth reached() {
        return reached;
    }

    void enterFunction() {
        functions++;
    }

    void leaveFunction() {
        functions--;
    }

    /** In the outermost function, which is called with the document; one within it by nobody knows whom. */
    boolean outermost() {
        return functions == 1;
    }

    /** @param called else it is handed on, and may be called there */
    void emits(boolean called) {
        if (sought == Effect.EMIT) {
            reached = reached.or(called ? flow : flow.and(Truth.UNKNOWN));
        }
    }

    void returns(Object value) {
        if (sought == Effect.RETURN && outermost()) {
            reached = reached.or(flow.and(Values.truth(value)));
        }
    }

    void throwsSomething() {
        if (sought == Effect.THROW) {
            reached = reached.or(flow);
        }
    }
}
