package org.cchq.migrate.kind.doctypes;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.migration.Outcome;

/** How the documents of a batch ended. Not thread-safe. */
final class Settlement {
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final Map<String, String> failures = new LinkedHashMap<>();
    private final List<DocumentFinding> findings = new ArrayList<>();
    private long bytes;
    private long bytesRead;

    void add(Outcome outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    void copiedBytes(long count) {
        bytes += count;
    }

    void read(long count) {
        bytesRead += count;
    }

    void failed(String id, String reason) {
        failures.put(id, reason);
        add(Outcome.FAILED);
    }

    void found(String id, DocumentFinding.Sort sort, String detail) {
        findings.add(new DocumentFinding(id, sort, detail));
    }

    Map<Outcome, Long> outcomes() {
        return outcomes;
    }

    Map<String, String> failures() {
        return failures;
    }

    List<DocumentFinding> findings() {
        return findings;
    }

    long bytes() {
        return bytes;
    }

    long bytesRead() {
        return bytesRead;
    }
}
