package org.cchq.migrate.testing.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one cell of the benchmark found.
 *
 * @param title one line for a person
 * @param notes further lines
 */
record CellResult(String name, String title, List<Line> lines, List<Target> targets, List<String> notes) {
    /** The rounds of one client. Rates are of the whole process, its start included. */
    record Line(String client, ObjectSet objects, List<Round> rounds) {
        double seconds() {
            return median(rounds.stream().map(Round::seconds).toList());
        }

        double objectsPerSecond() {
            return objects.count() / seconds();
        }

        double megabytesPerSecond() {
            return objects.totalBytes() / 1e6 / seconds();
        }

        double cpuMillisPerObject() {
            return median(rounds.stream().map(Round::cpuSeconds).toList()) * 1000 / objects.count();
        }

        double steadyRate() {
            return median(rounds.stream().map(Round::steadyRate).toList());
        }

        /** The largest of all rounds, not the median. */
        double peakMiB() {
            return rounds.stream().mapToLong(Round::peakKiB).max().orElse(0) / 1024.0;
        }
    }

    /** One run of a client; {@code steadyRate} in objects a second, 0 where it was not looked at. */
    record Round(double seconds, double cpuSeconds, long peakKiB, double steadyRate) {
        static Round of(Child.Cost cost, double steadyRate) {
            return new Round(cost.seconds(), cost.cpuSeconds(), cost.peakKiB(), steadyRate);
        }
    }

    /** What was wanted of a figure, and what it is. */
    record Target(String what, double value, boolean atLeast, double wanted) {
        static Target atLeast(String what, double value, double wanted) {
            return new Target(what, value, true, wanted);
        }

        static Target atMost(String what, double value, double wanted) {
            return new Target(what, value, false, wanted);
        }

        boolean met() {
            return atLeast ? value >= wanted : value <= wanted;
        }

        String line(String cell) {
            return String.format(
                    Locale.ROOT,
                    "  %-12s %-33s %9s  %s %-6s  %s",
                    cell,
                    what,
                    number(value),
                    atLeast ? ">=" : "<=",
                    number(wanted),
                    met() ? "met" : "MISSED");
        }
    }

    CellResult {
        lines = List.copyOf(lines);
        targets = List.copyOf(targets);
        notes = List.copyOf(notes);
    }

    Line line(String client) {
        return lines.stream()
                .filter(line -> line.client.equals(client))
                .findFirst()
                .orElseThrow();
    }

    String text() {
        StringBuilder text = new StringBuilder(title).append('\n');
        text.append("  client               objects/s     MB/s  CPU ms/object  peak MiB   seconds\n");
        for (Line line : lines) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-20s %9.0f %8.1f %14.3f %9.0f %9.2f%n",
                    line.client,
                    line.objectsPerSecond(),
                    line.megabytesPerSecond(),
                    line.cpuMillisPerObject(),
                    line.peakMiB(),
                    line.seconds()));
        }
        notes.forEach(note -> text.append("  ").append(note).append('\n'));
        targets.forEach(target -> text.append(target.line("")).append('\n'));
        return text.toString();
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("title", title);
        List<Object> clients = new ArrayList<>();
        for (Line line : lines) {
            Map<String, Object> client = new LinkedHashMap<>();
            client.put("client", line.client);
            client.put("objects", line.objects.count());
            client.put("bytes_per_object", line.objects.bytes());
            client.put("objects_per_second", rounded(line.objectsPerSecond()));
            client.put("megabytes_per_second", rounded(line.megabytesPerSecond()));
            client.put("cpu_ms_per_object", rounded(line.cpuMillisPerObject()));
            client.put("peak_mib", rounded(line.peakMiB()));
            client.put("seconds", rounded(line.seconds()));
            client.put(
                    "rounds",
                    line.rounds.stream()
                            .map(round -> Map.of(
                                    "seconds",
                                    rounded(round.seconds),
                                    "cpu_seconds",
                                    rounded(round.cpuSeconds),
                                    "peak_kib",
                                    round.peakKiB,
                                    "steady_objects_per_second",
                                    rounded(round.steadyRate)))
                            .toList());
            clients.add(client);
        }
        json.put("clients", clients);
        json.put(
                "targets",
                targets.stream()
                        .map(target -> Map.of(
                                "what",
                                target.what,
                                "value",
                                rounded(target.value),
                                "wanted",
                                (target.atLeast ? ">= " : "<= ") + number(target.wanted),
                                "met",
                                target.met()))
                        .toList());
        json.put("notes", notes);
        return json;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static String number(double value) {
        return value >= 100 ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
