package org.cchq.migrate.migration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointTrouble;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What the agent's {@code probe} found out about one endpoint: one line of its output, as {@code docs/reference/agent.md}
 * describes it.
 *
 * @param name as the request names it
 * @param endpoint as a person names it: {@code s3 http://10.1.2.3:8080 bucket blobdb}
 * @param trouble what keeps it from being used; empty if all that was asked for worked
 * @param message what happened and what would be right; "" without trouble
 * @param signatures versions of Amazon's signature that it takes from this account: {@code v2}, {@code v4}
 * @param marker whether it sees the marker object
 * @param abilities what it can do; empty unless it was to be written to and could be
 * @param leftBehind key of a marker that could not be removed; "" if there is none
 */
public record ProbedEndpoint(
        String name,
        String endpoint,
        Optional<EndpointTrouble> trouble,
        String message,
        List<String> signatures,
        Marker marker,
        Optional<Abilities> abilities,
        String leftBehind) {
    /** Whether the marker is there. */
    public enum Marker {
        /** Nobody asked, or the endpoint has trouble, or no marker could be put. */
        NOT_LOOKED,
        /** It was put through this endpoint, and read back. */
        PUT,
        /** It is there: this endpoint leads to the store that it was put into. */
        SEEN,
        /** It is not there: this endpoint leads to another store, or another bucket. */
        ABSENT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What was found by writing.
     *
     * @param conditionalPut {@code If-None-Match: *} is honoured
     * @param etagIsMd5 the ETag of an object in one part is its MD5
     * @param checksContentMd5 a body that is not what its Content-MD5 says is refused
     * @param unsignedBodies bodies that the signature does not cover are taken
     * @param largestPut largest body of one request that is let in, bytes; 0 if not known
     */
    public record Abilities(
            boolean conditionalPut,
            boolean etagIsMd5,
            boolean checksContentMd5,
            boolean unsignedBodies,
            long largestPut) {}

    public ProbedEndpoint {
        signatures = List.copyOf(signatures);
    }

    /** Nothing is known yet. */
    public static ProbedEndpoint unknown(String name, String endpoint) {
        return new ProbedEndpoint(
                name, endpoint, Optional.empty(), "", List.of(), Marker.NOT_LOOKED, Optional.empty(), "");
    }

    /** The same with the versions of the signature that are taken. */
    public ProbedEndpoint withSignatures(List<String> taken) {
        return new ProbedEndpoint(name, endpoint, trouble, message, taken, marker, abilities, leftBehind);
    }

    /** The same, found not to be usable. */
    public ProbedEndpoint withTrouble(EndpointTrouble kind, String why) {
        return new ProbedEndpoint(
                name, endpoint, Optional.of(kind), why, signatures, Marker.NOT_LOOKED, abilities, leftBehind);
    }

    /** The same after a look for the marker. */
    public ProbedEndpoint withMarker(Marker seen) {
        return new ProbedEndpoint(name, endpoint, trouble, message, signatures, seen, abilities, leftBehind);
    }

    /** The same with what it can do. */
    public ProbedEndpoint withAbilities(Abilities can) {
        return new ProbedEndpoint(name, endpoint, trouble, message, signatures, marker, Optional.of(can), leftBehind);
    }

    /** The same with a marker that could not be removed. */
    public ProbedEndpoint withLeftBehind(String key) {
        return new ProbedEndpoint(name, endpoint, trouble, message, signatures, marker, abilities, key);
    }

    /** Something answered at that address. */
    public boolean reachable() {
        return trouble.map(EndpointTrouble::answered).orElse(true);
    }

    /** The keys were accepted, with the signature version of the settings. */
    public boolean authorised() {
        return trouble.map(kind -> kind == EndpointTrouble.NO_BUCKET || kind == EndpointTrouble.CANNOT_WRITE)
                .orElse(true);
    }

    /** The bucket is there and can be listed. */
    public boolean bucket() {
        return trouble.map(kind -> kind == EndpointTrouble.CANNOT_WRITE).orElse(true);
    }

    /** One line of JSON. */
    public String toLine() {
        return Json.write(fields());
    }

    /** The fields as they are written. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("endpoint", endpoint);
        fields.put("reachable", reachable());
        fields.put("authorised", authorised());
        fields.put("bucket", bucket());
        fields.put("trouble", trouble.map(EndpointTrouble::word).orElse(""));
        fields.put("message", message);
        fields.put("signatures", signatures);
        fields.put("marker", marker.word());
        fields.put("left_behind", leftBehind);
        abilities.ifPresent(can -> {
            fields.put("conditional_put", can.conditionalPut());
            fields.put("etag_is_md5", can.etagIsMd5());
            fields.put("checks_content_md5", can.checksContentMd5());
            fields.put("unsigned_bodies", can.unsignedBodies());
            fields.put("largest_put", can.largestPut());
        });
        return fields;
    }

    /** Reads {@link #toLine()}. */
    public static ProbedEndpoint parse(String line) throws UserException {
        Map<?, ?> values = Json.readObject(line, "probe");
        EventFields fields = EventFields.of(line);
        String trouble = fields.text("trouble");
        return new ProbedEndpoint(
                fields.text("name"),
                fields.text("endpoint"),
                trouble.isEmpty()
                        ? Optional.empty()
                        : Optional.of(EndpointTrouble.of(trouble).orElse(EndpointTrouble.REFUSED)),
                fields.text("message"),
                fields.texts("signatures"),
                marker(fields.text("marker")),
                values.containsKey("conditional_put")
                        ? Optional.of(new Abilities(
                                fields.flag("conditional_put"),
                                fields.flag("etag_is_md5"),
                                fields.flag("checks_content_md5"),
                                fields.flag("unsigned_bodies"),
                                fields.number("largest_put")))
                        : Optional.empty(),
                fields.text("left_behind"));
    }

    private static Marker marker(String word) {
        for (Marker marker : Marker.values()) {
            if (marker.word().equals(word)) {
                return marker;
            }
        }
        return Marker.NOT_LOOKED;
    }
}
