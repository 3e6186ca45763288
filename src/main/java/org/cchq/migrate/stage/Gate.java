package org.cchq.migrate.stage;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has to hold before a step towards the next stage.
 *
 * @param name a few words
 * @param open true if it holds
 * @param evidence what shows that it holds; what is missing if not
 * @param remedy the command that brings what is missing; "" if the gate is open
 * @param onAcceptance it holds only because the operator accepts blobs as missing
 */
public record Gate(String name, boolean open, String evidence, String remedy, boolean onAcceptance) {
    static Gate open(String name, String evidence) {
        return new Gate(name, true, evidence, "", false);
    }

    /** Open because somebody accepts what is missing, which is to be recorded. */
    static Gate accepted(String name, String evidence) {
        return new Gate(name, true, evidence, "", true);
    }

    static Gate shut(String name, String evidence, String remedy) {
        return new Gate(name, false, evidence, remedy, false);
    }

    /** For a program. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("gate", name);
        fields.put("open", open);
        fields.put("evidence", evidence);
        fields.put("remedy", remedy);
        return fields;
    }
}
