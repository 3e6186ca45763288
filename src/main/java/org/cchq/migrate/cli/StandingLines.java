package org.cchq.migrate.cli;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.stage.AdvanceView;
import org.cchq.migrate.stage.Gate;
import org.cchq.migrate.stage.HostStanding;
import org.cchq.migrate.stage.PortStanding;
import org.cchq.migrate.stage.Stage;
import org.cchq.migrate.stage.Standing;

/** Where an environment is, in 80 columns. */
final class StandingLines {
    private static final int WIDTH = 80;

    /** For a look that shows its result itself. */
    static final AdvanceView SILENT = new AdvanceView() {
        @Override
        public void gates(List<Gate> gates) {}

        @Override
        public void coming(int number, int of, String title, boolean done, List<String> preview) {}

        @Override
        public void step(int number, int of, String title) {}

        @Override
        public void said(String line) {}

        @Override
        public boolean confirm(String question) {
            return false;
        }
    };

    private StandingLines() {}

    static List<String> of(String environment, Standing standing) {
        List<String> lines = new ArrayList<>();
        String stage = standing.files().stage().map(Stage::word).orElse("no stage");
        wrapped(
                "stage  ",
                stage + " (" + standing.files().profile().word() + "): "
                        + standing.files().explanation(),
                lines);
        for (HostStanding host : standing.hosts()) {
            wrapped("host   ", host(host), lines);
        }
        for (PortStanding port : standing.ports()) {
            wrapped("port   ", port(port), lines);
        }
        standing.ahead().ifPresent(ahead -> {
            lines.add(
                    (ahead.begun() ? "begun  " : "next   ") + "to " + ahead.to().word());
            lines.addAll(gates(ahead.gates()));
        });
        if (!standing.obstacle().isEmpty()) {
            wrapped("next   ", standing.obstacle(), lines);
        }
        String next = standing.next(environment);
        if (!next.isEmpty()) {
            remedy("type   ", next, lines);
        }
        return lines;
    }

    /** One line for each gate, with what brings what is missing below. */
    static List<String> gates(List<Gate> gates) {
        List<String> lines = new ArrayList<>();
        for (Gate gate : gates) {
            wrapped(gate.open() ? "  ok       " : "  missing  ", gate.name() + ": " + gate.evidence(), lines);
            if (!gate.open() && !gate.remedy().isEmpty()) {
                remedy("           -> ", gate.remedy(), lines);
            }
        }
        return lines;
    }

    /** A command stays on one line, so that it can be copied; what is said about it goes below. */
    private static void remedy(String head, String text, List<String> into) {
        int end = text.startsWith("cchq-migrate ") ? text.indexOf(", ") : 0;
        if (end < 0) {
            into.add(head + text);
        } else if (end == 0) {
            wrapped(head.equals("type   ") ? "to do  " : head, text, into);
        } else {
            into.add(head + text.substring(0, end));
            wrapped(" ".repeat(head.length()), text.substring(end + 2), into);
        }
    }

    private static String host(HostStanding host) {
        if (!host.trouble().isEmpty()) {
            return host.host() + "  " + host.trouble();
        }
        String file = (host.stage().isEmpty() ? "no localsettings.py" : host.stage())
                + (host.asFiles() || host.stage().isEmpty() ? "" : ", not as the files say");
        String processes = host.processes() == 0
                ? "no processes"
                : host.processes()
                        + (host.processes() == 1 ? " process since " : " processes since ")
                        + host.since()
                                .map(since ->
                                        since.truncatedTo(ChronoUnit.SECONDS).toString())
                                .orElse("?")
                        + (host.older() == 0 ? "" : ", " + host.older() + " OLDER THAN THEIR SETTINGS");
        return String.format("%-16s %s; %s", host.host(), file, processes);
    }

    private static String port(PortStanding port) {
        return String.format("%-16s %s -> ", port.host(), port.port())
                + (port.name().isEmpty() ? "" : port.name() + ": ")
                + String.join(", ", port.servers());
    }

    /** Breaks at blanks; what has none stays whole. */
    private static void wrapped(String head, String text, List<String> into) {
        StringBuilder line = new StringBuilder(head);
        boolean empty = true;
        for (String word : text.replace('\n', ' ').split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                into.add(line.toString());
                line = new StringBuilder(" ".repeat(head.length()));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        into.add(line.toString());
    }
}
