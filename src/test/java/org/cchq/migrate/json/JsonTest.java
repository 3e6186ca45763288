package org.cchq.migrate.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void writesLikePython() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("blobmeta_id", 7);
        record.put("domain", "d\u00e9mo \ud83d\ude00 \"x\" </a>");
        record.put("list", List.of(1, 2));

        assertThat(Json.writeLikePython(record))
                .isEqualTo("{\"blobmeta_id\": 7, \"domain\": \"d\\u00e9mo \\ud83d\\ude00 \\\"x\\\" </a>\","
                        + " \"list\": [1, 2]}");
    }

    @Test
    void refusesDuplicateKeysWithThePlace() {
        assertThatThrownBy(() -> Json.readObject("{\"a\": 1,\n\"a\": 2}", "settings.json"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("settings.json:2:");
    }

    @Test
    void neverShowsTheTextInAMessage() {
        assertThatThrownBy(() -> Json.readObject("{\"secret_key\": \"hunter2\", oops}", "settings.json"))
                .hasMessageNotContaining("hunter2");
    }
}
