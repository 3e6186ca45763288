package org.cchq.migrate.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What a host is asked to find out.
 *
 * @param targets the endpoints
 * @param put the one endpoint that may be written to: it gets the marker; empty: nothing is written anywhere
 * @param look endpoints through which the marker is looked for
 * @param onlyMarker it is not asked what the store can do: nothing else is written
 */
public record ProbeQuestion(List<ProbeTarget> targets, Optional<String> put, List<String> look, boolean onlyMarker) {
    /** Name of the endpoint of {@code S3_BLOB_DB_SETTINGS}. */
    public static final String NEW = "new";
    /** Name of the endpoint of {@code OLD_S3_BLOB_DB_SETTINGS}. */
    public static final String OLD = "old";

    public ProbeQuestion {
        targets = List.copyOf(targets);
        look = List.copyOf(look);
    }

    /** Whether the stores of these settings can be used, and are two. The new one is written to, the old one is not. */
    public static ProbeQuestion of(DjangoSettings settings) throws UserException {
        Map<String, @Nullable Object> all = Json.readObject(settings.json().reveal(), "settings");
        List<ProbeTarget> targets = new ArrayList<>();
        if (all.get("S3_BLOB_DB_SETTINGS") instanceof Map<?, ?> store) {
            targets.add(ProbeTarget.of(NEW, store));
        }
        if (all.get("OLD_S3_BLOB_DB_SETTINGS") instanceof Map<?, ?> store) {
            targets.add(ProbeTarget.of(OLD, store));
        }
        boolean hasNew = all.get("S3_BLOB_DB_SETTINGS") instanceof Map<?, ?>;
        return new ProbeQuestion(
                targets,
                hasNew ? Optional.of(NEW) : Optional.empty(),
                hasNew ? targets.stream().map(ProbeTarget::name).toList() : List.of(),
                false);
    }

    /** The agent's request, with the keys. */
    Secret toJson() throws UserException {
        List<@Nullable Object> endpoints = new ArrayList<>();
        for (ProbeTarget target : targets) {
            Map<String, @Nullable Object> endpoint = new LinkedHashMap<>();
            endpoint.put("name", target.name());
            endpoint.putAll(Json.readObject(target.settings().reveal(), target.name()));
            endpoints.add(endpoint);
        }
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("endpoints", endpoints);
        put.ifPresent(name -> request.put("marker", Map.of("put", name, "look", look, "only_marker", onlyMarker)));
        return new Secret(Json.write(request));
    }
}
