package org.cchq.migrate.kind.blobs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.SettingsObject;
import org.cchq.migrate.store.blob.S3Settings;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints to probe, as JSON. An endpoint has the keys of HQ's {@code S3_BLOB_DB_SETTINGS}, a {@code name}, and
 * {@code signature_version} and {@code region} for {@code config.signature_version} and {@code config.region_name}:
 *
 * <pre>{"endpoints": [{"name": "new", "url": "http://10.0.0.5:8081", "access_key": "N", "secret_key": "n",
 *                 "s3_bucket": "blobdb", "signature_version": "s3"},
 *                {"name": "old", "url": "http://10.0.0.5:8080", ...}],
 *  "marker": {"put": "new", "look": ["new", "old"]}}</pre>
 *
 * @param endpoints by name, in their order
 * @param put name of the endpoint that may be written to; empty: nothing is written anywhere
 * @param look names of the endpoints through which the marker is looked for
 * @param onlyMarker nothing else is written to find out what the store can do: {@code "only_marker": true}
 */
public record ProbeRequest(
        Map<String, S3Settings> endpoints, Optional<String> put, List<String> look, boolean onlyMarker) {
    public ProbeRequest {
        endpoints = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(endpoints));
        look = List.copyOf(look);
    }

    /** Takes a request apart; all its problems in one exception. */
    public static ProbeRequest of(Map<String, ?> object) throws UserException {
        Problems problems = new Problems();
        SettingsObject request = new SettingsObject(object, "", problems);
        request.onlyKeys(Set.of("endpoints", "marker"));
        Map<String, S3Settings> endpoints = endpoints(object.get("endpoints"), problems);
        Optional<String> put = Optional.empty();
        List<String> look = new ArrayList<>();
        boolean onlyMarker = false;
        Optional<SettingsObject> marker = request.objectOrNull("marker");
        if (marker.isPresent()) {
            marker.get().onlyKeys(Set.of("put", "look", "only_marker"));
            put = Optional.of(marker.get().required("put")).filter(name -> !name.isEmpty());
            onlyMarker = marker.get().flag("only_marker");
            marker.get().list("look").ifPresent(names -> names.forEach(name -> look.add(String.valueOf(name))));
            List<String> named = new ArrayList<>(look);
            put.ifPresent(named::add);
            for (String name : new HashSet<>(named)) {
                if (!endpoints.containsKey(name)) {
                    problems.add(
                            "marker",
                            "'" + name + "' is no endpoint of this request"
                                    + NearestName.hint(name, endpoints.keySet()));
                }
            }
        }
        problems.throwIfAny();
        return new ProbeRequest(endpoints, put, look, onlyMarker);
    }

    private static Map<String, S3Settings> endpoints(@Nullable Object value, Problems problems) {
        Map<String, S3Settings> endpoints = new LinkedHashMap<>();
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            problems.add("endpoints", "must be a list with one object for each endpoint");
            return endpoints;
        }
        S3SettingsReader reader = new S3SettingsReader(problems, new ArrayList<>());
        for (int i = 0; i < list.size(); i++) {
            String place = "endpoints[" + i + "]";
            if (!(list.get(i) instanceof Map<?, ?> map)) {
                problems.add(place, "must be an object, found " + SettingsObject.typeOf(list.get(i)));
                continue;
            }
            String name = new SettingsObject(map, place, problems).required("name");
            S3Settings settings = reader.read(new SettingsObject(asHq(map), place, problems));
            if (endpoints.putIfAbsent(name, settings) != null) {
                problems.add(place + ".name", "'" + name + "' is the name of two endpoints");
            }
        }
        return endpoints;
    }

    /** The endpoint in HQ's shape. */
    private static Map<String, @Nullable Object> asHq(Map<?, ?> map) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        Map<String, @Nullable Object> config = new LinkedHashMap<>();
        if (map.get("config") instanceof Map<?, ?> given) {
            given.forEach((key, value) -> config.put(String.valueOf(key), value));
        }
        map.forEach((key, value) -> {
            switch (String.valueOf(key)) {
                case "name" -> {}
                case "signature_version" -> config.put("signature_version", value);
                case "region" -> config.put("region_name", value);
                default -> settings.put(String.valueOf(key), value);
            }
        });
        if (!config.isEmpty()) {
            settings.put("config", config);
        }
        return settings;
    }
}
