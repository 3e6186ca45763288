package org.cchq.migrate.render;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.testing.EnvironmentCopy;
import org.cchq.migrate.testing.Samples;

/** The example environments at every stage, real ones with an invented vault, and one with hostile values. */
final class StagedEnvironments {
    private static final Path EXAMPLES = Path.of("environments");
    private static final String MIGRATING = "  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True\n";
    private static final String TEMPORARY = "  TEMP_RIAKCS_PROXY: True\n";
    private static final String OLD_HOSTS = "[riakcs]\n10.20.1.[11:13]\n";
    private static final String NEW_HOSTS = "[riakcs]\n10.20.2.[11:15]\n";

    private StagedEnvironments() {}

    /** All of the cluster profile, in the order of the stages. */
    static List<EnvironmentCopy> cluster(Path root) throws IOException {
        return List.of(
                cluster(root, "cluster-before").replace("public.yml", MIGRATING, ""),
                cluster(root, "cluster-dual"),
                cluster(root, "cluster-flipping").replace("inventory.ini", OLD_HOSTS, NEW_HOSTS),
                cluster(root, "cluster-temp-flip")
                        .replace("inventory.ini", OLD_HOSTS, NEW_HOSTS)
                        .replace("public.yml", MIGRATING, TEMPORARY),
                cluster(root, "cluster-final")
                        .replace("inventory.ini", OLD_HOSTS, NEW_HOSTS)
                        .replace("public.yml", MIGRATING, ""));
    }

    /** All of the profile of external stores. */
    static List<EnvironmentCopy> external(Path root) throws IOException {
        String oldKeys = "old_s3_blob_db_url: http://10.30.0.37:9000\nold_s3_blob_db_s3_bucket: blobdb\n";
        String newUrl = "https://s3.eu-west-1.amazonaws.com";
        return List.of(
                external(root, "external-before")
                        .replace("public.yml", MIGRATING, "")
                        .replace("public.yml", oldKeys, "")
                        .replace("public.yml", newUrl, "http://10.30.0.37:9000"),
                external(root, "external-dual"),
                external(root, "external-role")
                        .replace("vault.yml", "S3_ACCESS_KEY: NOT-A-REAL-NEW-ACCESS-KEY", "S3_ACCESS_KEY: null")
                        .replace("vault.yml", "S3_SECRET_KEY: not-a-real-new-secret-key", "S3_SECRET_KEY: null"),
                external(root, "external-final")
                        .replace("public.yml", MIGRATING, "")
                        .replace("public.yml", oldKeys, ""));
    }

    /** Real files, where they are at hand; facts that Ansible would ask a host for are variables here. */
    static List<EnvironmentCopy> samples(Path root) throws IOException {
        List<EnvironmentCopy> samples = new ArrayList<>();
        for (String stage : List.of("2-dual", "4-temp-flip", "5-final")) {
            samples.add(EnvironmentCopy.of(
                            Samples.directory().resolve("production-2018").resolve(stage), root, "production-" + stage)
                    .inventVault("""
                            secrets:
                              AMQP_USER: amqp
                              AMQP_PASSWORD: secrets.AMQP_PASSWORD
                              RIAKCS_S3_ACCESS_KEY: secrets.RIAKCS_S3_ACCESS_KEY
                              RIAKCS_S3_SECRET_KEY: secrets.RIAKCS_S3_SECRET_KEY
                              OLD_S3_BLOB_DB_ACCESS_KEY: secrets.OLD_S3_BLOB_DB_ACCESS_KEY
                              OLD_S3_BLOB_DB_SECRET_KEY: secrets.OLD_S3_BLOB_DB_SECRET_KEY
                              POSTGRES_USERS: {commcare: {username: pguser, password: pgpassword}}
                            """)
                    .append("inventory.ini", "\n[all:vars]\nansible_hostname=host0\n"));
        }
        samples.add(EnvironmentCopy.of(Samples.directory().resolve("development-2019"), root, "development-2019")
                .inventVault("""
                        secrets:
                          RIAKCS_S3_ACCESS_KEY: secrets.RIAKCS_S3_ACCESS_KEY
                          RIAKCS_S3_SECRET_KEY: secrets.RIAKCS_S3_SECRET_KEY
                          POSTGRES_USERS: {commcare: {username: pguser, password: pgpassword}}
                        """)
                .append("inventory.ini", "\n[all:vars]\nansible_hostname=host0\n"));
        return samples;
    }

    /** Quotes, backslashes, line ends, other scripts, what looks like Jinja and is none, and every type of value. */
    static EnvironmentCopy hostile(Path root) throws IOException {
        return cluster(root, "cluster-hostile")
                .replace("public.yml", "ALTERNATE_HOSTS: []", "ALTERNATE_HOSTS: [alt.example.com, '*.example.org']")
                .replace("vault.yml", "NOT-A-REAL-NEW-ACCESS-KEY", "'it''s {a} \"key\" \\ $x'")
                .replace("vault.yml", "not-a-real-new-secret-key", "!unsafe '{{ 7 * 7 }}{% raw %}'")
                .replace("vault.yml", "not-a-real-old-secret-key", "\"tab\\t line\\n zwölf \\U0001F511 \\u2028 \\x01\"")
                .replace("vault.yml", "not-a-real-postgres-password", "\"[1, 2]\"")
                .append(
                        "inventory.ini",
                        "\n[riakcs]\n10.20.1.14 riakcs_port=8089\nfd00:10::15\n[kafka]\nkafka0\nkafka1\n")
                .append("public.yml", """
                          ALLOWED_HOSTS: [first.example.com, localhost]
                          REDIS_HOST: "{{ groups.proxy.0 }}"
                          REDIS_PORT: '6379'
                          REDIS_DB: '0'
                          QUOTES: "'\\"''\\"\\"\\"'''\\\\"
                          DOLLARS: '$HOME ${x} $1 \\1 %s %(a)s {0}'
                          LITERALLY: !unsafe '{{ not jinja }} {# nor this #}'
                          SCRIPTS: "naïve Ελλάδα 日本 \\U0001F600"
                          CONTROL: "\\a\\0\\x7f\\x85"
                          NOTHING: null
                          EMPTY: ''
                          NUMBERS: [0, -1, 12345678901234567890, 0.1, 1.0e-7, 1.5e+22, 100000.0]
                          NESTED: {a: [true, false, null, {b: "c'd"}], 'e "f"': {}, 1: one}
                          TEXT_OF_NUMBER: '0123'
                          TEXT_OF_TRUE: 'True'
                          FOLDED: >-
                            one
                            two
                          LINES: |
                            first
                              second
                          EXPRESSION: "{{ groups.webworkers | length }} hosts, {{ deploy_env | upper }}"
                          LIST_BY_EXPRESSION: "{{ groups.webworkers }}"
                          FLAG_BY_EXPRESSION: "{{ 1 == 1 }}"
                        """);
    }

    private static EnvironmentCopy cluster(Path root, String name) throws IOException {
        return EnvironmentCopy.of(EXAMPLES.resolve("example-cluster"), root, name);
    }

    private static EnvironmentCopy external(Path root, String name) throws IOException {
        return EnvironmentCopy.of(EXAMPLES.resolve("example-external"), root, name);
    }
}
