package org.cchq.migrate.testing.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cchq.migrate.testing.bench.CellResult.Line;
import org.cchq.migrate.testing.bench.CellResult.Round;
import org.cchq.migrate.testing.bench.CellResult.Target;
import org.cchq.migrate.testing.bench.Workbench.Way;

/** The cells that copy or compare objects: what is run in each round, in turns, and what is wanted of the figures. */
final class Cells {
    private static final int IN_FLIGHT = 16;
    private static final String OURS = "cchq-migrate";
    private static final String RCLONE = "rclone --checksum";
    private static final String RCLONE_TIMES = "rclone by times";
    private static final String LIMIT = "limit, bare sockets";
    /** Added on each side, there and back. */
    private static final Duration LATENCY = Duration.ofMillis(40);

    private final Workbench bench;
    private final boolean quick;
    private final int rounds;

    Cells(Workbench bench, boolean quick, int rounds) {
        this.bench = bench;
        this.quick = quick;
        this.rounds = rounds;
    }

    static List<String> names() {
        return List.of("4k", "64k", "16m", "rerun", "latency-15", "latency-64", "latency-256", "rows");
    }

    CellResult run(String name) throws Exception {
        Workbench.say(name);
        return switch (name) {
            case "4k" -> copy(name, "4 KiB objects", new ObjectSet("b4k", quick ? 2_000 : 20_000, 4 << 10));
            case "64k" -> copy(name, "64 KiB objects", new ObjectSet("b64k", quick ? 500 : 6_000, 64 << 10));
            case "16m" -> copy(name, "16 MiB objects", new ObjectSet("b16m", quick ? 16 : 96, 16 << 20));
            case "rerun" -> rerun(name, new ObjectSet("brerun", quick ? 4_000 : 30_000, 4 << 10));
            case "latency-15" -> latency(name, 15, quick ? 300 : 1_500);
            case "latency-64" -> latency(name, 64, quick ? 1_300 : 5_000);
            case "latency-256" -> latency(name, 256, quick ? 4_000 : 16_000);
            case "rows" -> new RowsCell(bench, quick ? 200_000 : 5_000_000, rounds).run(name);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private CellResult copy(String name, String what, ObjectSet objects) throws Exception {
        bench.createRows(objects);
        objects.fill(bench.source(), objects.name());
        Map<String, List<Round>> found = new LinkedHashMap<>();
        // The bare client holds whole objects, which is no limit for large ones.
        boolean small = objects.bytes() <= 1 << 20;
        for (int round = 0; round < rounds; round++) {
            for (String client : small ? List.of(OURS, RCLONE, LIMIT) : List.of(OURS, RCLONE)) {
                String bucket = objects.name() + "-" + round + "-" + client.charAt(0);
                ObjectSet.createBucket(bench.target(), bucket);
                Way way = new Way(bench.source(), objects.name(), bench.target(), bucket);
                Child.Cost cost = once(client, way, objects, IN_FLIGHT);
                objects.expectAll(bench.target(), bucket);
                add(found, client, Round.of(cost, 0));
                objects.drop(bench.target(), bucket);
                if (!small) {
                    bench.collectGarbage();
                }
            }
        }
        objects.drop(bench.source(), objects.name());
        if (!small) {
            bench.collectGarbage();
        }
        List<Line> lines = lines(found, objects);
        Line ours = lines.get(0);
        Line rclone = lines.get(1);
        List<Target> targets = new ArrayList<>();
        double faster = ours.objectsPerSecond() / rclone.objectsPerSecond();
        double cpu = ours.cpuMillisPerObject() / rclone.cpuMillisPerObject();
        if (name.equals("4k")) {
            targets.add(Target.atLeast("objects/s, times rclone's", faster, 1.4));
            targets.add(Target.atMost("CPU per object, times rclone's", cpu, 0.5));
            targets.add(Target.atLeast(
                    "objects/s, part of the limit",
                    ours.objectsPerSecond() / lines.get(2).objectsPerSecond(),
                    0.85));
        } else {
            targets.add(Target.atLeast("MB/s, times rclone's", faster, 1.0));
        }
        targets.add(Target.atMost("peak RSS, MiB", ours.peakMiB(), 512));
        return new CellResult(
                name,
                String.format(Locale.ROOT, "%s: %,d of them, %d in flight", what, objects.count(), IN_FLIGHT),
                lines,
                targets,
                List.of(String.format(
                        Locale.ROOT, "cchq-migrate : rclone  %.2f x the rate, %.2f x the CPU", faster, cpu)));
    }

    private CellResult rerun(String name, ObjectSet objects) throws Exception {
        bench.createRows(objects);
        objects.fill(bench.source(), objects.name());
        String bucket = objects.name() + "-target";
        ObjectSet.createBucket(bench.target(), bucket);
        Way way = new Way(bench.source(), objects.name(), bench.target(), bucket);
        // By rclone, which notes the times that it compares; the agent looks at lengths and keys.
        bench.rclone(way, IN_FLIGHT);
        Map<String, List<Round>> found = new LinkedHashMap<>();
        List<String> clients = List.of(OURS, RCLONE_TIMES, RCLONE);
        for (int round = 0; round < rounds; round++) {
            for (String client : clients) {
                add(found, client, Round.of(once(client, way, objects, IN_FLIGHT), 0));
            }
        }
        List<String> notes = new ArrayList<>();
        double perObject = 0;
        try (Relay from = new Relay(way.source().port(), Duration.ZERO);
                Relay to = new Relay(way.target().port(), Duration.ZERO)) {
            Way counted = new Way(
                    way.source().through(from.localPort()),
                    objects.name(),
                    way.target().through(to.localPort()),
                    bucket);
            for (String client : clients) {
                from.reset();
                to.reset();
                once(client, counted, objects, IN_FLIGHT);
                notes.add("requests of " + client + ": source " + from.requests() + ", target " + to.requests());
                if (client.equals(OURS)) {
                    perObject = (sum(from.requests()) + sum(to.requests())) / (double) objects.count();
                }
            }
        }
        objects.drop(bench.source(), objects.name());
        objects.drop(bench.target(), bucket);
        List<Line> lines = lines(found, objects);
        return new CellResult(
                name,
                String.format(Locale.ROOT, "Nothing to do: %,d objects of 4 KiB are there", objects.count()),
                lines,
                List.of(
                        Target.atLeast(
                                "times faster than rclone by times",
                                lines.get(1).seconds() / lines.get(0).seconds(),
                                5),
                        Target.atLeast(
                                "times faster than rclone --checksum",
                                lines.get(2).seconds() / lines.get(0).seconds(),
                                5),
                        Target.atMost("requests per object", perObject, 0.01)),
                notes);
    }

    private static int sum(Map<String, Integer> requests) {
        return requests.values().stream().mapToInt(Integer::intValue).sum();
    }

    private CellResult latency(String name, int inFlight, int count) throws Exception {
        ObjectSet objects = new ObjectSet("b" + name, count, 4 << 10);
        bench.createRows(objects);
        Map<String, List<Round>> found = new LinkedHashMap<>();
        Duration oneWay = LATENCY.dividedBy(2);
        try (InstantS3 source = new InstantS3();
                InstantS3 target = new InstantS3();
                Relay from = new Relay(source.endpoint().port(), oneWay);
                Relay to = new Relay(target.endpoint().port(), oneWay)) {
            objects.fill(source.endpoint(), objects.name());
            for (int round = -1; round < rounds; round++) {
                // Round -1 warms the servers up, which are Java.
                for (String client : round < 0 ? List.of(LIMIT) : List.of(OURS, RCLONE, LIMIT)) {
                    String bucket = "target-" + client.charAt(0) + round;
                    ObjectSet.createBucket(target.endpoint(), bucket);
                    Way way = new Way(
                            source.endpoint().through(from.localPort()),
                            objects.name(),
                            target.endpoint().through(to.localPort()),
                            bucket);
                    from.reset();
                    to.reset();
                    Child.Cost cost = once(client, way, objects, inFlight);
                    objects.expectAll(target.endpoint(), bucket);
                    target.drop(bucket);
                    if (round >= 0) {
                        add(found, client, Round.of(cost, to.steadyRate()));
                    }
                }
            }
        }
        List<Line> lines = lines(found, objects);
        double bound = inFlight * 1000.0 / (2 * LATENCY.toMillis());
        List<String> notes = new ArrayList<>();
        notes.add(String.format(
                Locale.ROOT,
                "in flight / latency = %d / (40 ms + 40 ms) = %.0f objects/s; once running:",
                inFlight,
                bound));
        for (Line line : lines) {
            notes.add(String.format(
                    Locale.ROOT,
                    "  %-20s %6.0f objects/s = %3.0f %%",
                    line.client(),
                    line.steadyRate(),
                    100 * line.steadyRate() / bound));
        }
        Line ours = lines.get(0);
        return new CellResult(
                name,
                String.format(
                        Locale.ROOT,
                        "40 ms added on each side: %,d objects of 4 KiB, %d in flight, instant servers",
                        count,
                        inFlight),
                lines,
                List.of(
                        Target.atLeast("part of in-flight/latency", ours.steadyRate() / bound, 0.9),
                        Target.atLeast(
                                "objects/s running, times rclone's",
                                ours.steadyRate() / lines.get(1).steadyRate(),
                                1.0),
                        Target.atMost("peak RSS, MiB", ours.peakMiB(), 512)),
                notes);
    }

    private Child.Cost once(String client, Way way, ObjectSet objects, int inFlight) throws Exception {
        return switch (client) {
            case OURS -> bench.agent(way, bench.oneDatabase(objects), inFlight);
            case RCLONE -> bench.rclone(way, inFlight, "--checksum");
            case RCLONE_TIMES -> bench.rclone(way, inFlight);
            default -> bench.limit(way, objects, inFlight);
        };
    }

    private static void add(Map<String, List<Round>> found, String client, Round round) {
        found.computeIfAbsent(client, key -> new ArrayList<>()).add(round);
        Workbench.say(String.format(
                Locale.ROOT,
                "  %-20s %7.2f s, CPU %6.2f s, %4d MiB",
                client,
                round.seconds(),
                round.cpuSeconds(),
                round.peakKiB() / 1024));
    }

    private static List<Line> lines(Map<String, List<Round>> found, ObjectSet objects) {
        return found.entrySet().stream()
                .map(entry -> new Line(entry.getKey(), objects, entry.getValue()))
                .toList();
    }
}
