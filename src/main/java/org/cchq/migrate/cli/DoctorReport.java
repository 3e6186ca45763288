package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.EndpointTrouble;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.migration.ProbedEndpoint.Marker;
import org.cchq.migrate.run.ProbeTarget;
import org.jspecify.annotations.Nullable;

/** What {@code doctor blobs} found, in 80 columns or as one JSON object. */
record DoctorReport(String environment, List<ProbeTarget> targets, List<HostFound> hosts) {
    private static final int WIDTH = 80;
    private static final int HOST = 22;
    private static final String ROW = "%-" + HOST + "s  %-5s  %-7s  %-4s  %-6s  %-5s  %-11s  %s";

    /**
     * One host.
     *
     * @param endpoints as it finds them; none if it was not reached
     * @param unreachable why it was not reached, or could not look; "" if it did
     */
    record HostFound(String host, List<ProbedEndpoint> endpoints, String unreachable) {}

    /** 3 if a host or store refuses or does not answer, 1 if two names lead to one store. */
    ExitCode exit() {
        boolean trouble = hosts.stream()
                .anyMatch(host -> !host.unreachable().isEmpty()
                        || host.endpoints().stream()
                                .anyMatch(found -> found.trouble().isPresent()
                                        || !found.leftBehind().isEmpty()));
        if (trouble) {
            return ExitCode.ENDPOINT;
        }
        return sameStore() ? ExitCode.REFUSED : ExitCode.SUCCESS;
    }

    /** A host sees what was put into one store through the name of another. */
    private boolean sameStore() {
        return hosts.stream()
                .flatMap(host -> host.endpoints().stream())
                .anyMatch(found -> found.marker() == Marker.SEEN);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        targets.forEach(target -> lines.add(target.name() + "  " + described(target)));
        lines.add("");
        lines.add(String.format(ROW, "host", "store", "answers", "keys", "bucket", "write", "sees marker", "signed"));
        for (HostFound host : hosts) {
            if (!host.unreachable().isEmpty()) {
                lines.add(String.format("%-" + HOST + "s  not reached", cut(host.host())));
            }
            host.endpoints().forEach(found -> lines.add(row(host, found)));
        }
        lines.add("");
        lines.addAll(abilities());
        lines.addAll(verdicts());
        return lines;
    }

    private String described(ProbeTarget target) {
        return hosts.stream()
                .flatMap(host -> host.endpoints().stream())
                .filter(found -> found.name().equals(target.name()))
                .map(ProbedEndpoint::endpoint)
                .findFirst()
                .orElse(target.url());
    }

    private static String row(HostFound host, ProbedEndpoint found) {
        boolean reached = found.reachable();
        return String.format(
                        ROW,
                        cut(host.host()),
                        found.name(),
                        word(reached),
                        reached ? word(found.authorised()) : "-",
                        found.authorised() ? word(found.bucket()) : "-",
                        write(found),
                        marker(found.marker()),
                        String.join(" ", found.signatures()))
                .stripTrailing();
    }

    private static String write(ProbedEndpoint found) {
        if (found.trouble().filter(EndpointTrouble.CANNOT_WRITE::equals).isPresent()) {
            return "NO";
        }
        return found.marker() == Marker.PUT ? "yes" : "-";
    }

    private static String marker(Marker marker) {
        return switch (marker) {
            case NOT_LOOKED -> "-";
            case PUT -> "put it";
            case SEEN -> "YES";
            case ABSENT -> "no";
        };
    }

    private static String word(boolean yes) {
        return yes ? "yes" : "NO";
    }

    private static String cut(String host) {
        return host.length() <= HOST ? host : host.substring(0, HOST - 1) + "~";
    }

    /** Once for each way in which hosts found the store that is written to. */
    private List<String> abilities() {
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (HostFound host : hosts) {
            for (ProbedEndpoint endpoint : host.endpoints()) {
                endpoint.abilities()
                        .ifPresent(can -> found.computeIfAbsent(
                                        endpoint.name() + ": " + text(can), key -> new ArrayList<>())
                                .add(host.host()));
            }
        }
        List<String> lines = new ArrayList<>();
        found.forEach((text, of) ->
                lines.addAll(wrapped(text + (found.size() == 1 ? "" : " (" + String.join(", ", of) + ")"))));
        return lines;
    }

    private static String text(ProbedEndpoint.Abilities can) {
        return "conditional writes " + lower(can.conditionalPut())
                + ", ETags are MD5 " + lower(can.etagIsMd5())
                + ", checks Content-MD5 " + lower(can.checksContentMd5())
                + ", unsigned bodies " + lower(can.unsignedBodies())
                + (can.largestPut() == 0 ? "" : ", bodies of " + (can.largestPut() >> 20) + " MiB");
    }

    private static String lower(boolean yes) {
        return yes ? "yes" : "no";
    }

    private List<String> verdicts() {
        List<String> lines = new ArrayList<>();
        Map<String, List<String>> troubles = new LinkedHashMap<>();
        for (HostFound host : hosts) {
            if (!host.unreachable().isEmpty()) {
                lines.addAll(wrapped(host.host() + ": " + host.unreachable()));
            }
            for (ProbedEndpoint found : host.endpoints()) {
                if (found.trouble().isPresent()) {
                    troubles.computeIfAbsent(
                                    found.name() + ": " + found.trouble().get().word() + ": " + found.message(),
                                    key -> new ArrayList<>())
                            .add(host.host());
                }
                if (!found.leftBehind().isEmpty()) {
                    lines.addAll(wrapped(found.name() + ": could not be removed by " + host.host()
                            + ", remove it yourself: " + found.leftBehind()));
                }
            }
        }
        troubles.forEach((text, from) -> lines.addAll(wrapped(text + " (from " + String.join(", ", from) + ")")));
        if (sameStore()) {
            lines.addAll(wrapped("what is put into the new store is seen through the old one's address: both lead to"
                    + " one store; look at the ports and at the groups behind them"));
        } else if (lines.isEmpty()) {
            lines.add(
                    targets.size() == 1
                            ? "every host can use the store"
                            : "every host can use both stores, and they are two");
        }
        return lines;
    }

    /** Broken between words, continued with two spaces. */
    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
                line.append("  ").append(word);
            } else {
                line.append(line.length() == 0 ? "" : " ").append(word);
            }
        }
        lines.add(line.toString());
        return lines;
    }

    Map<String, @Nullable Object> fields() {
        List<@Nullable Object> all = new ArrayList<>();
        for (HostFound host : hosts) {
            List<@Nullable Object> endpoints = new ArrayList<>();
            host.endpoints().forEach(found -> endpoints.add(found.fields()));
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("host", host.host());
            fields.put("reached", host.unreachable().isEmpty());
            fields.put("message", host.unreachable());
            fields.put("endpoints", endpoints);
            all.add(fields);
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("environment", environment);
        fields.put("hosts", all);
        fields.put("same_store", sameStore());
        fields.put("exit", exit().code());
        return fields;
    }
}
