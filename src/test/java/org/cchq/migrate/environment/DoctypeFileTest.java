package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** doctypes.yml, read strictly. */
class DoctypeFileTest {
    private static final VaultPassword NO_PASSWORD = new VaultPassword(Map.of(), SecretPrompt.NONE);

    @TempDir
    Path checkout;

    private EnvironmentDirectory east;

    @BeforeEach
    void writeAnEnvironment() throws Exception {
        east = EnvironmentDirectory.valid(checkout.resolve("environments"), "east");
    }

    @Test
    void withoutItTheAgentIsToldNothingAndHqsFourAreKnown() throws Exception {
        assertThat(settings()).doesNotContainKey("DOCTYPE_MIGRATIONS");
        assertThat(environment().doctypeMigrations())
                .isEqualTo(List.of("apps", "domains", "fixtures", "user_db_migration"));
    }

    @Test
    void itsEntriesReachTheAgent() throws Exception {
        east.write("doctypes.yml", """
                user_db_migration:
                  source: default
                  target: users
                  doc_types: [Group, CommCareUser]
                reports:
                  source: users
                  target: reports
                  doc_types:
                    - Report
                  design_docs: [reports, by_domain]
                """);

        assertThat(settings().get("DOCTYPE_MIGRATIONS"))
                .isEqualTo(Map.of(
                        "user_db_migration",
                        Map.of("source", "", "target", "users", "doc_types", List.of("Group", "CommCareUser")),
                        "reports",
                        Map.of(
                                "source",
                                "users",
                                "target",
                                "reports",
                                "doc_types",
                                List.of("Report"),
                                "design_docs",
                                List.of("reports", "by_domain"))));
        assertThat(environment().doctypeMigrations()).isEqualTo(List.of("user_db_migration", "reports"));
        assertThat(check()).noneMatch(line -> line.contains("doctypes.yml"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`users: {target: users, doc_type: [Group]}` | error: environments/east/doctypes.yml:1: unknown key 'doc_type' in 'users' of doctypes.yml; did you mean 'doc_types'?",
                "`users: {target: users, doc_type: [Group]}` | error: environments/east/doctypes.yml:1: 'users' needs 'doc_types', a list with at least one type",
                "`users:\n  target: users\n  doc_types: []` | error: environments/east/doctypes.yml:3: 'users.doc_types' must be a list with at least one name",
                "`users:\n  target: users\n  doc_types:\n    - Group\n    - Group` | error: environments/east/doctypes.yml:5: 'users.doc_types': 'Group' is there twice; remove one",
                "`users:\n  target: users\n  doc_types: [Group-Deleted]` | error: environments/east/doctypes.yml:3: 'users': 'Group-Deleted' is added by itself; write 'Group' only",
                "`users:\n  doc_types: [Group]` | error: environments/east/doctypes.yml:1: 'users' needs 'target', the database to move to; like users",
                "`users:\n  target: default\n  doc_types: [Group]` | error: environments/east/doctypes.yml:2: 'users': source and target are both 'default'; name another target",
                "`users:\n  target: Users DB\n  doc_types: [Group]` | error: environments/east/doctypes.yml:2: 'users.target' must name a database as couch_dbs does",
                "`users:\n  target: '{{ x }}'\n  doc_types: [Group]` | error: environments/east/doctypes.yml:2: 'users.target' must name a database as couch_dbs does",
                "`a_slug_that_is_far_too_long: {target: users, doc_types: [Group]}` | error: environments/east/doctypes.yml:1: 'a_slug_that_is_far_too_long': a migration's name is a letter, then letters, digits, _ and -; at most 20",
                "`users: users` | error: environments/east/doctypes.yml:1: 'users' must be a mapping with target and doc_types",
                "`a: {target: one, doc_types: [Group]}\nb: {target: two, doc_types: [User, Group]}` | error: environments/east/doctypes.yml:2: 'b': 'Group' leaves 'default' with 'a' already; a type can move to one database only",
                "`users:\n  target: users\n  doc_types: [Group]\n\tx: 1` | error: environments/east/doctypes.yml:4: not valid YAML: a tab where only spaces may be",
                "`users:\n  target: other\n  doc_types: [Group]` | error: environments/east/doctypes.yml:1: 'users': 'default' and 'other' of couch_dbs are the same database; name another target",
                "`users:\n  target: othr\n  doc_types: [Group]` | warning: environments/east/doctypes.yml:1: 'users': couch_dbs has no alias 'othr', so it is MAIN__othr on the main server; did you mean 'other'?",
                "`cases: {target: cases, doc_types: [CommCareCase]}` | note: environments/east/doctypes.yml:1: 'cases': HQ's view by_doc_type leaves CommCareCase out",
            })
    void tellsWhatIsWrong(String text, String line) throws Exception {
        east.replace("public.yml", "localsettings:\n", """
                  other: {host: "{{ groups.couchdb2_proxy.0 }}", name: commcarehq, username: u, password: p}
                localsettings:
                """);
        east.write("doctypes.yml", text + "\n");

        assertThat(check()).anyMatch(found -> found.startsWith(line));
    }

    @Test
    void tellsThatThereIsNoCouch() throws Exception {
        String text = java.nio.file.Files.readString(east.directory().resolve("public.yml"));
        east.write("public.yml", text.replaceFirst("(?s)couch_dbs:.*localsettings:", "localsettings:"));
        east.write("doctypes.yml", "users: {target: users, doc_types: [Group]}\n");

        assertThat(check())
                .contains("error: environments/east/doctypes.yml:1: 'users' moves documents of CouchDB, and public.yml"
                        + " has no 'couch_dbs'");
    }

    private Map<String, ?> settings() throws Exception {
        return Json.readObject(DjangoSettings.of(environment()).json().reveal(), "settings");
    }

    private Environment environment() throws Exception {
        return Environment.load(checkout.resolve("environments"), "east", NO_PASSWORD);
    }

    private List<String> check() {
        return EnvironmentCheck.of(checkout.resolve("environments"), "east", NO_PASSWORD).remarks().stream()
                .map(remark -> remark.level().name().toLowerCase(Locale.ROOT) + ": " + remark.text())
                .toList();
    }
}
