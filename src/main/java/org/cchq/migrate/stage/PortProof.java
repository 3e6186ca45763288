package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.run.ProbeQuestion;
import org.cchq.migrate.run.ProbeTarget;
import org.jspecify.annotations.Nullable;

/**
 * What the stores shall answer to one host at a stage, with the credentials of that stage. A marker object is put through
 * the address that the site writes to and looked for through the other: so it shows whether two ports lead to one store.
 *
 * @param expected by the target's name
 */
record PortProof(ProbeQuestion question, Map<String, Expected> expected) {
    /** What one address shall answer. */
    enum Expected {
        /** The site's own keys may write there. */
        WRITES("takes writes"),
        /** The keys are right. */
        ANSWERS("answers"),
        /** It leads to the store that the site writes to. */
        SAME_STORE("leads to the store that is written to"),
        /** It leads to another store. */
        OTHER_STORE("leads to the other store"),
        /** Nothing answers. */
        SILENT("does not answer");

        private final String words;

        Expected(String words) {
            this.words = words;
        }
    }

    private static final String CURRENT = "new";
    private static final String OTHER = "old";
    private static final String SECOND = "second port";
    private static final String FIRST = "first port";

    PortProof {
        expected = new LinkedHashMap<>(expected);
    }

    /**
     * @param firstPort of the proxy: where a site of one store goes
     * @param secondPort of the proxy, during a move
     */
    static PortProof of(Profile profile, Stage stage, DjangoSettings settings, String firstPort, String secondPort)
            throws UserException {
        Map<String, @Nullable Object> all = Json.readObject(settings.json().reveal(), "settings");
        Optional<ProbeTarget> found = store(all, CURRENT, "S3_BLOB_DB_SETTINGS");
        if (found.isEmpty()) {
            throw new UserException("the settings name no S3 store at stage " + stage);
        }
        ProbeTarget current = found.get();
        List<ProbeTarget> targets = new ArrayList<>(List.of(current));
        Map<String, Expected> expected = new LinkedHashMap<>();
        expected.put(CURRENT, Expected.WRITES);
        if (stage == Stage.DUAL) {
            Optional<ProbeTarget> old = store(all, OTHER, "OLD_S3_BLOB_DB_SETTINGS");
            old.ifPresent(targets::add);
            expected.put(OTHER, Expected.OTHER_STORE);
        } else if (profile == Profile.CLUSTER) {
            boolean flipping = stage == Stage.FLIPPING;
            String name = flipping ? FIRST : SECOND;
            targets.add(current.at(name, at(current.url(), flipping ? firstPort : secondPort)));
            boolean both = flipping || stage == Stage.TEMP_FLIP;
            expected.put(name, both ? Expected.SAME_STORE : Expected.SILENT);
        }
        List<String> look = targets.stream()
                .map(ProbeTarget::name)
                .filter(name -> expected.get(name) != Expected.SILENT)
                .toList();
        return new PortProof(new ProbeQuestion(targets, Optional.of(CURRENT), look, true), expected);
    }

    /** That the keys are right for the addresses, and nothing is written. */
    static PortProof reading(DjangoSettings settings, boolean old) throws UserException {
        Map<String, @Nullable Object> all = Json.readObject(settings.json().reveal(), "settings");
        List<ProbeTarget> targets = new ArrayList<>();
        Map<String, Expected> expected = new LinkedHashMap<>();
        String name = old ? OTHER : CURRENT;
        store(all, name, old ? "OLD_S3_BLOB_DB_SETTINGS" : "S3_BLOB_DB_SETTINGS")
                .ifPresent(targets::add);
        targets.forEach(target -> expected.put(target.name(), Expected.ANSWERS));
        return new PortProof(new ProbeQuestion(targets, Optional.empty(), List.of(), true), expected);
    }

    /** That the new store takes the old one's keys as well, and nothing is written. */
    static PortProof oldKeysAtNewStore(DjangoSettings settings) throws UserException {
        Map<String, @Nullable Object> all = Json.readObject(settings.json().reveal(), "settings");
        List<ProbeTarget> targets = new ArrayList<>();
        Optional<ProbeTarget> current = store(all, CURRENT, "S3_BLOB_DB_SETTINGS");
        Optional<ProbeTarget> old = store(all, OTHER, "OLD_S3_BLOB_DB_SETTINGS");
        if (current.isPresent() && old.isPresent()) {
            targets.add(old.get().at(OTHER, current.get().url()));
        }
        return new PortProof(
                new ProbeQuestion(targets, Optional.empty(), List.of(), true), Map.of(OTHER, Expected.ANSWERS));
    }

    /** Nothing answers there any more. */
    static PortProof silent(ProbeTarget target) {
        return new PortProof(
                new ProbeQuestion(List.of(target), Optional.empty(), List.of(), true),
                Map.of(target.name(), Expected.SILENT));
    }

    /** What is asked, for a person: {@code http://10.0.0.1:8081 takes writes}. */
    List<String> lines() {
        return question.targets().stream()
                .map(target -> target.url() + " " + expected.getOrDefault(target.name(), Expected.ANSWERS).words)
                .toList();
    }

    /** What is not as expected; nothing if all is. */
    List<String> wrong(List<ProbedEndpoint> found) {
        List<String> wrong = new ArrayList<>();
        for (ProbedEndpoint endpoint : found) {
            Expected wanted = expected.getOrDefault(endpoint.name(), Expected.ANSWERS);
            String url = question.targets().stream()
                    .filter(target -> target.name().equals(endpoint.name()))
                    .map(ProbeTarget::url)
                    .findFirst()
                    .orElse(endpoint.endpoint());
            if (wanted == Expected.SILENT) {
                if (endpoint.reachable()) {
                    wrong.add(url + " still answers");
                }
            } else if (endpoint.trouble().isPresent()) {
                wrong.add(url + ": " + endpoint.message());
            } else if (!markerFits(wanted, endpoint.marker())) {
                wrong.add(url + " "
                        + (wanted == Expected.OTHER_STORE
                                ? "leads to the store that is written to, not to the other one"
                                : "does not lead to the store that is written to"));
            }
        }
        return wrong;
    }

    private static boolean markerFits(Expected wanted, ProbedEndpoint.Marker marker) {
        return switch (wanted) {
            case WRITES -> marker == ProbedEndpoint.Marker.PUT;
            case SAME_STORE -> marker == ProbedEndpoint.Marker.SEEN;
            case OTHER_STORE -> marker == ProbedEndpoint.Marker.ABSENT;
            case ANSWERS, SILENT -> true;
        };
    }

    private static Optional<ProbeTarget> store(Map<String, @Nullable Object> all, String name, String setting) {
        return all.get(setting) instanceof Map<?, ?> store
                ? Optional.of(ProbeTarget.of(name, store))
                : Optional.empty();
    }

    private static String at(String url, String port) {
        return url.replaceFirst("(:\\d+)?/?$", ":" + port);
    }
}
