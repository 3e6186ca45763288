package org.cchq.migrate.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.TargetHost;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a back-fill to come, and the ends that it goes between.
 *
 * @param host where the agent will run
 * @param source the old store as a person names it
 * @param target the new store
 * @param steps what will be done, in order
 * @param obstacles what has to be put right first
 * @param forecast what a look at both ends says; empty if the agent is not on the host yet
 */
public record BlobPlan(
        String host,
        String source,
        String target,
        List<String> steps,
        List<String> obstacles,
        Map<String, @Nullable Object> forecast) {
    public BlobPlan {
        steps = List.copyOf(steps);
        obstacles = List.copyOf(obstacles);
        forecast = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(forecast));
    }

    /** {@code URL/BUCKET} of a store in the settings; what takes its place if there is none. */
    public static String store(DjangoSettings settings, String name, String otherwise) {
        if (settings.masked().get(name) instanceof Map<?, ?> store) {
            return store.get("url") + "/" + store.get("s3_bucket");
        }
        return otherwise;
    }

    /** For a person. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("from  " + source);
        lines.add("to    " + target);
        lines.add("on    " + host);
        for (int i = 0; i < steps.size(); i++) {
            lines.add("  " + (i + 1) + ". " + steps.get(i));
        }
        forecast.forEach((name, value) -> lines.add("  " + name.replace('_', ' ') + ": " + value));
        obstacles.forEach(obstacle -> lines.add("to be put right first: " + obstacle));
        return lines;
    }

    /** For a program. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("host", host);
        fields.put("source", source);
        fields.put("target", target);
        fields.put("steps", steps);
        fields.put("obstacles", obstacles);
        fields.put("forecast", forecast.isEmpty() ? null : forecast);
        return fields;
    }

    /** The host as a plan names it. */
    public static String name(TargetHost host) {
        return host.name().equals(host.displayName()) ? host.name() : host.name() + " (" + host.displayName() + ")";
    }
}
