package org.cchq.migrate.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
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

    @Test
    void fieldsOfRowsAreAsTheyAreOfWholeDocuments() throws Exception {
        String deep = "[".repeat(400) + "{\"x\":[1.5]}" + "]".repeat(400);
        String document =
                "{\"a\":[],\"b\":{\"c\":[1,-2,12345678901,123456789012345678901234567890,1.5,1e3,0.1],\"d\":{}},"
                        + "\"e\":null,\"f\":[true,false,null,\"\u00e9\\ud83d\\ude00\\n\",{\"g\":1,\"g\":2}],\"h\":"
                        + deep + ",\"i\":\"\"}";
        Map<String, Object> whole = Json.readObject(document.replace("\"g\":1,", ""), "test");
        List<Map<String, Object>> rows = new ArrayList<>();

        Json.readRows(
                new ByteArrayInputStream(("{\"rows\":[{\"id\":\"1\",\"doc\":" + document + "}]}").getBytes(UTF_8)),
                "test",
                "rows",
                whole.keySet(),
                rows::add);

        assertThat(rows).containsExactly(Map.of("id", "1", "doc", whole));
        for (int length = 20; length < document.length(); length += 7) {
            byte[] cut = ("{\"rows\":[{\"id\":\"1\",\"doc\":" + document.substring(0, length)).getBytes(UTF_8);
            assertThatThrownBy(() ->
                            Json.readRows(new ByteArrayInputStream(cut), "test", "rows", whole.keySet(), row -> {}))
                    .isInstanceOf(UserException.class);
        }
    }
}
