package org.cchq.migrate.stage;

import java.util.List;

/**
 * A way from one stage to another.
 *
 * @param to where it leads
 * @param begun files or hosts show that it was begun, and not ended: it goes on without asking the gates again
 * @param gates what has to hold before its first step
 */
record Move(Stage from, Stage to, boolean begun, List<Gate> gates, List<Step> steps) {
    Move {
        gates = List.copyOf(gates);
        steps = List.copyOf(steps);
    }

    List<Gate> shut() {
        return gates.stream().filter(gate -> !gate.open()).toList();
    }
}
