package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** An audit in words for a terminal of 80 columns. */
final class AuditText {
    private static final int WIDTH = 80;

    private final AuditReport report;
    private final List<String> lines = new ArrayList<>();

    AuditText(AuditReport report) {
        this.report = report;
    }

    List<String> lines() {
        add("", "Design documents of " + report.source());
        add(
                "",
                "for " + report.migrator().slug() + ": "
                        + String.join(", ", report.migrator().namedTypes()) + " and their -Deleted");
        samples();
        report.notes().forEach(note -> add("", note));
        for (DesignFinding design : report.designs()) {
            if (design.concerned() || surprising(design)) {
                design(design);
            }
        }
        blank();
        add("", "Not concerned: " + names(Need.SOURCE));
        if (!report.checkout().isEmpty()) {
            checkout();
        }
        blank();
        add("", "Moves: " + names(Need.TARGET));
        add("", "In both: " + names(Need.BOTH));
        add("", "Until the flip the source needs all of them.");
        return List.copyOf(lines);
    }

    private void samples() {
        if (report.samples().isEmpty()) {
            return;
        }
        int ours =
                report.samples().values().stream().mapToInt(Integer::intValue).sum();
        add("", "Views were run on " + ours + " samples of these types and " + report.otherSamples() + " of others.");
        String none = report.samples().entrySet().stream()
                .filter(entry -> entry.getValue() == 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        if (!none.isEmpty()) {
            add("", "No document, so no sample, of: " + none);
        }
    }

    private static boolean surprising(DesignFinding design) {
        return design.functions().stream()
                .anyMatch(function -> !function.surprise().isEmpty());
    }

    private void design(DesignFinding design) {
        blank();
        add("", design.design() + ": " + design.advice());
        long silent = 0;
        for (FunctionFinding finding : design.functions()) {
            boolean telling = finding.concerned()
                    || !finding.surprise().isEmpty()
                    || finding.rows()
                            .map(SeenRows::error)
                            .filter(error -> !error.isEmpty())
                            .isPresent();
            if (telling) {
                function(finding);
            } else {
                silent++;
            }
        }
        if (silent > 0) {
            add("  ", silent + (silent == 1 ? " other function: no" : " other functions: no"));
        }
    }

    private void function(FunctionFinding finding) {
        add(
                "  ",
                finding.function().place() + ": " + finding.concern().word() + "; "
                        + finding.text().why());
        Optional<SeenRows> rows = finding.rows();
        if (rows.isPresent() && rows.get().ran()) {
            add(
                    "    ",
                    "rows: " + rows.get().ours() + " of the samples, "
                            + rows.get().others() + " of others");
        } else if (rows.isPresent()) {
            add("    ", "could not be run, its text counts: " + rows.get().error());
        }
        if (!finding.surprise().isEmpty()) {
            add("    ", "! " + finding.surprise());
        }
    }

    private void checkout() {
        blank();
        add("", "In the checkout, besides what the database has in the same words:");
        for (CheckoutFinding finding : report.checkout()) {
            add(
                    "  ",
                    finding.path() + ": " + finding.text().concern().word() + "; "
                            + finding.text().why() + "; " + finding.standing().words());
        }
    }

    private String names(Need need) {
        String names = report.designs().stream()
                .filter(design -> design.need() == need)
                .map(DesignFinding::design)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }

    private void blank() {
        lines.add("");
    }

    /** Breaks between words; what follows the first line stands further in. */
    private void add(String indent, String text) {
        StringBuilder line = new StringBuilder(indent);
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(indent).append("    ");
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        lines.add(line.toString());
    }
}
