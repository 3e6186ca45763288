package org.cchq.migrate.kind.doctypes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.junit.jupiter.api.Test;

class DoctypeSettingsTest {
    private static final String COUCH = "\"COUCH_DATABASES\": {\"default\": {\"COUCH_HTTPS\": false,"
            + " \"COUCH_SERVER_ROOT\": \"10.0.0.9:25984\", \"COUCH_USERNAME\": \"u\", \"COUCH_PASSWORD\": \"p\","
            + " \"COUCH_DATABASE_NAME\": \"commcarehq\"}}";

    @Test
    void withoutAListThereAreTheFourMigratorsOfHq() throws Exception {
        DoctypeSettings settings = read("{" + COUCH + "}");

        assertThat(settings.migrators()).containsOnlyKeys("apps", "domains", "fixtures", "user_db_migration");
        assertThat(settings.databases()).isEmpty();
    }

    @Test
    void aNewMigratorIsANewEntry() throws Exception {
        DoctypeSettings settings = read("{" + COUCH + ", \"DOCTYPE_MIGRATIONS\":"
                + " {\"logs\": {\"source\": null, \"target\": \"meta\", \"doc_types\": [\"Log\", \"Entry\"]}}}");

        Migrator logs = settings.migrators().get("logs");
        assertThat(logs).isEqualTo(new Migrator("logs", "", "meta", List.of("Log", "Entry")));
        assertThat(logs.docTypes()).containsExactly("Log", "Entry", "Log-Deleted", "Entry-Deleted");
        assertThat(logs.moves("Entry-Deleted")).isTrue();
        assertThat(logs.moves("Entry-Deleted-Deleted")).isFalse();
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> read("{" + COUCH + ", \"DOCTYPE_MIGRATIONS\": {"
                        + "\"a\": {\"target\": \"x\", \"doc_type\": [\"T\"]},"
                        + "\"b\": {\"source\": \"x\", \"target\": \"x\", \"doc_types\": [\"T\"]},"
                        + "\"much too long for the column\": {\"target\": \"x\", \"doc_types\": [\"T\"]}}}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("DOCTYPE_MIGRATIONS.a.doc_type: unknown key; did you mean 'doc_types'?")
                .hasMessageContaining("DOCTYPE_MIGRATIONS.a.doc_types: is missing or empty")
                .hasMessageContaining("DOCTYPE_MIGRATIONS.b: source and target are the same database")
                .hasMessageContaining("1 to 20 letters");
    }

    @Test
    void withoutDatabasesThereIsNothingToDo() {
        assertThatThrownBy(() -> read("{}")).hasMessageContaining("COUCH_DATABASES: is missing");
    }

    private static DoctypeSettings read(String json) throws UserException {
        Map<String, ?> object = Json.readObject(json, "settings.json");
        return DoctypeSettings.of(object);
    }
}
