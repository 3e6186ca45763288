package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How each host came out, as ansible-playbook ends with it, and the exit status that follows. */
final class Recap {
    /** How a host came out. */
    enum Result {
        OK,
        CHANGED,
        FAILED,
        UNREACHABLE
    }

    private static final int FAILED_STATUS = 2;
    private static final int UNREACHABLE_STATUS = 4;
    private static final int NAME_COLUMNS = 26;

    private final Map<String, Result> results = new LinkedHashMap<>();

    void add(String host, Result result) {
        results.put(host, result);
    }

    Collection<Result> results() {
        return results.values();
    }

    /** 0; 2 if a host failed; 4 if one was not reached, whatever became of the others. */
    int status() {
        return results.containsValue(Result.UNREACHABLE)
                ? UNREACHABLE_STATUS
                : results.containsValue(Result.FAILED) ? FAILED_STATUS : 0;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of("", "PLAY RECAP " + "*".repeat(67)));
        results.forEach((host, result) -> lines.add(String.format(
                "%-" + NAME_COLUMNS + "s : ok=%d changed=%d unreachable=%d failed=%d",
                host,
                result == Result.OK || result == Result.CHANGED ? 1 : 0,
                result == Result.CHANGED ? 1 : 0,
                result == Result.UNREACHABLE ? 1 : 0,
                result == Result.FAILED ? 1 : 0)));
        return lines;
    }
}
