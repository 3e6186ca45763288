package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in an environment's files is told with file and line, and all of it at once. */
class BrokenEnvironmentTest {
    @TempDir
    Path checkout;

    private Path root;
    private EnvironmentDirectory east;

    @BeforeEach
    void writeAnEnvironment() throws Exception {
        root = checkout.resolve("environments");
        east = EnvironmentDirectory.valid(root, "east");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // YAML
                "public.yml | ALTERNATE_HOSTS: [] | couch_dbs: {} | environments/east/public.yml:2: duplicate key 'couch_dbs', first on line 1",
                "public.yml | ALTERNATE_HOSTS: [] | ALTERNATE_HOSTS: [ | environments/east/public.yml:3: not valid YAML: something is wrong here or just before (in what begins on line 1)",
                "public.yml | ALTERNATE_HOSTS: [] | A: !vault abc | environments/east/public.yml:1: tag '!vault' is not read here; move the value to vault.yml",
                "public.yml | ALTERNATE_HOSTS: [] | A: &a [*a] | environments/east/public.yml: line 1: an anchor that holds itself",
                "vault.yml | ansible_sudo_pass: example-sudo | ansible_sudo_pass: 'a'b | environments/east/vault.yml:13: not valid YAML",
                "vault.yml | ansible_sudo_pass: example-sudo | secrets: {} | environments/east/vault.yml:13: duplicate key 'secrets', first on line 1",
                // meta.yml, proxy.yml
                "meta.yml | deploy_env: east-prod | deploy_evn: east-prod | environments/east/meta.yml:1: unknown key 'deploy_evn' in meta.yml; did you mean 'deploy_env'?",
                "meta.yml | deploy_env: east-prod | deploy_env: | environments/east/meta.yml: there is no deploy_env",
                "meta.yml | deploy_env: east-prod | deploy_env: ../east | environments/east/meta.yml:1: deploy_env is part of remote paths",
                "proxy.yml | SITE_HOST | SIET_HOST | environments/east/proxy.yml:1: unknown key 'SIET_HOST'; did you mean 'SITE_HOST'?",
                // settings of the connection
                "public.yml | ALTERNATE_HOSTS: [] | commcare_cloud_strict_host_key_checking: nope | environments/east/public.yml:1: 'commcare_cloud_strict_host_key_checking' must be a plain yes or no",
                "public.yml | ALTERNATE_HOSTS: [] | commcare_cloud_ssh_args: -v | environments/east/public.yml:1: 'commcare_cloud_ssh_args' must be a list of texts",
                "public.yml | ALTERNATE_HOSTS: [] | cchq_user: '{{ x + 1 }}' | environments/east/public.yml:1: 'cchq_user' refers to {{ x }}, which is set nowhere; add it to public.yml",
                "public.yml | ALTERNATE_HOSTS: [] | cchq_user: '{{ cchq_user }}' | environments/east/public.yml:1: 'cchq_user': 'cchq_user' refers to itself: cchq_user -> cchq_user",
                "public.yml | ALTERNATE_HOSTS: [] | `cchq_user: '{{ 1 | from_yaml }}'` | environments/east/public.yml:1: 'cchq_user': the filter 'from_yaml' is not evaluated here",
                // inventory
                "inventory.ini | ansible_host=127.0.0.1 | ansible_host= ansible_port=0 | environments/east: host '10.0.0.4': ansible_port must be a number from 1 to 65535",
                "inventory.ini | [riakcs_new] | [riakcs_new:vars] | environments/east/inventory.ini:21: section [riakcs_new:vars] is for a group that is declared nowhere",
                "inventory.ini | 10.0.2.[1:3] | 10.0.2.[3:1] | environments/east/inventory.ini:22: host range [3:1] is empty",
            })
    void isRefusedWhenLoaded(String file, String old, String with, String message) throws Exception {
        east.replace(file, old, with == null ? "" : with);

        assertThatThrownBy(this::load)
                .isInstanceOf(UserException.class)
                .satisfies(e -> assertThat(e.getMessage().lines()).anyMatch(line -> line.startsWith(message)));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // flags
                "public.yml | S3_TO_S3: True | S3_TO_S3: False | environments/east/public.yml:11: 'BLOB_DB_MIGRATING_FROM_S3_TO_S3' is present but is not True",
                "public.yml | S3_TO_S3: True | `S3_TO_S3: True,` | environments/east/public.yml:11: 'BLOB_DB_MIGRATING_FROM_S3_TO_S3' is present but is not True",
                "public.yml | S3_TO_S3: True | S3_TO_S3: | environments/east/public.yml:11: 'BLOB_DB_MIGRATING_FROM_S3_TO_S3' is present but is not True",
                // a migration without source or target
                "inventory.ini | riakcs_new | riakcs_mew | environments/east/public.yml:11: 'BLOB_DB_MIGRATING_FROM_S3_TO_S3' is on without a target",
                "inventory.ini | [riakcs] | [riak] | environments/east/public.yml:11: a migration is on, but there is no S3 store to migrate to",
                "inventory.ini | [proxy] | [prxy] | environments/east/public.yml:1: 's3_blob_db_url' is needed and cannot be derived",
                "public.yml | ALTERNATE_HOSTS: [] | old_s3_blob_db_url: | environments/east/public.yml:1: 'old_s3_blob_db_url' is null",
                "public.yml | ALTERNATE_HOSTS: [] | old_s3_bulk_delete_chunksize: | environments/east/public.yml:1: 'old_s3_bulk_delete_chunksize' is null",
                "public.yml | ALTERNATE_HOSTS: [] | old_s3_blob_db_url: http://10.0.0.5:8081 | environments/east/public.yml:11: 'BLOB_DB_MIGRATING_FROM_S3_TO_S3' is on, but old and new store are the same",
                // values
                "public.yml | ALTERNATE_HOSTS: [] | s3_blob_db_url: 10.0.0.5:8081 | environments/east/public.yml:1: 's3_blob_db_url' ",
                "public.yml | ALTERNATE_HOSTS: [] | s3_blob_db_url: http://a:b@10.0.0.5 | environments/east/public.yml:1: 's3_blob_db_url' holds a user name",
                "public.yml | ALTERNATE_HOSTS: [] | s3_blob_db_url: http://10.0.0.5/blobdb | environments/east/public.yml:1: 's3_blob_db_url' must be http://HOST[:PORT]",
                "public.yml | ALTERNATE_HOSTS: [] | s3_blob_db_url: 'http://{{ hostvars[x].ip }}' | environments/east/public.yml:1: 's3_blob_db_url' refers to {{ x }}, which is set nowhere",
                "public.yml | ALTERNATE_HOSTS: [] | s3_blob_db_url: 'http://{{ groups.minio.0 }}' | environments/east/public.yml:1: 's3_blob_db_url': {{ groups.minio }}: there is no group 'minio'",
                "public.yml | ALTERNATE_HOSTS: [] | s3_bulk_delete_chunksize: many | environments/east/public.yml:1: 's3_bulk_delete_chunksize' must be a whole number from 1 to 1000",
                "public.yml | ALTERNATE_HOSTS: [] | s3_signature_version: v4 | environments/east/public.yml:1: 's3_signature_version' must be s3 or s3v4",
                "public.yml | ALTERNATE_HOSTS: [] | riakcs_proxy_port: 9980 | environments/east/public.yml:1: 'riakcs_proxy_port' would move port 8081 too",
                "public.yml | ALTERNATE_HOSTS: [] | s3_blob_db_s3_bucket: a/b | environments/east/public.yml:1: 's3_blob_db_s3_bucket' is not a bucket name",
                // secrets
                "vault.yml | RIAKCS_S3_ACCESS_KEY | RIAKCS_ACCESS_KEY | environments/east/vault.yml: secrets.RIAKCS_S3_ACCESS_KEY is missing",
                "vault.yml | : EXAMPLEOLD | : 00123 | environments/east/vault.yml:8: 'OLD_S3_BLOB_DB_ACCESS_KEY' is not text",
                "vault.yml | : example/old | : | environments/east/vault.yml:9: 'OLD_S3_BLOB_DB_SECRET_KEY' is empty",
                "vault.yml | `ansible_sudo_pass: example-sudo` | `S3_ACCESS_KEY: OTHER` | environments/east/vault.yml:13: 'S3_ACCESS_KEY' and 'RIAKCS_S3_ACCESS_KEY' differ",
                "vault.yml | username: commcarehq | name: commcarehq | environments/east/vault.yml:1: secrets.POSTGRES_USERS.commcare needs username and password",
                "vault.yml | COUCH_PASSWORD | COUCH_PW | environments/east/public.yml:8: 'couch_dbs.default.password' refers to {{ localsettings_private.COUCH_PASSWORD }}, which is set nowhere",
                // postgresql.yml
                "postgresql.yml | DEFAULT_POSTGRESQL_HOST: pg0 | DEFAULT_POSTGRESQL_HOST: gp0 | environments/east/postgresql.yml:1: unknown host or group 'gp0'; did you mean 'pg0'?",
                "postgresql.yml | SEPARATE_SYNCLOGS_DB: False | SEPARATE_SYNCLOG_DB: False | environments/east/postgresql.yml:2: unknown key 'SEPARATE_SYNCLOG_DB' in postgresql.yml; did you mean 'SEPARATE_SYNCLOGS_DB'?",
                "postgresql.yml | SEPARATE_SYNCLOGS_DB: False | SEPARATE_SYNCLOGS_DB: True | environments/east/postgresql.yml:4: 'dbs.synclogs' is null, so SEPARATE_SYNCLOGS_DB must be False",
                "postgresql.yml | [512, 1023] | [511, 1023] | environments/east/postgresql.yml:11: partition 'p2' starts at shard 511; expected 512",
                "postgresql.yml | [512, 1023] | [512, 1000] | environments/east/postgresql.yml:6: the partitions have 1001 shards in all; it must be a power of two",
                "postgresql.yml | [512, 1023] | 512-1023 | environments/east/postgresql.yml:11: partition 'p2' needs 'shards: [first, last]'",
                "postgresql.yml | `      p2:` | `      second:` | environments/east/postgresql.yml:10: partition 'second' must be called p1, p2",
            })
    void isRefusedWhenSettingsAreMade(String file, String old, String with, String message) throws Exception {
        east.replace(file, old, with == null ? "" : with);

        Environment environment = load();

        assertThatThrownBy(() -> DjangoSettings.of(environment))
                .isInstanceOf(UserException.class)
                .satisfies(e -> assertThat(e.getMessage().lines()).anyMatch(line -> line.startsWith(message)));
    }

    @Test
    void reportsTheProblemsOfAllFilesTogether() throws Exception {
        east.replace("public.yml", "ALTERNATE_HOSTS: []", "couch_dbs: {}");
        east.replace("meta.yml", "env_monitoring_id", "env_monitor_id");
        east.replace("proxy.yml", "SITE_HOST", "SITEHOST");
        east.replace("inventory.ini", "10.0.2.[1:3]", "10.0.2.[3:1]");
        east.append("postgresql.yml", "dbs: {}\n");
        east.append("vault.yml", "\tx: 1\n");

        assertThatThrownBy(this::load)
                .satisfies(e -> assertThat(files(e))
                        .containsExactlyInAnyOrder(
                                "public.yml", "meta.yml", "proxy.yml", "inventory.ini", "postgresql.yml", "vault.yml"));
    }

    @Test
    void reportsTheProblemsOfAllSettingsTogether() throws Exception {
        east.replace("public.yml", "ALTERNATE_HOSTS: []", "s3_signature_version: v5");
        east.replace("public.yml", "name: commcarehq", "name:");
        east.replace("vault.yml", "RIAKCS_S3_SECRET_KEY", "RIAKCS_SECRET_KEY");
        east.replace("vault.yml", "OLD_S3_BLOB_DB_ACCESS_KEY", "OLD_KEY");
        east.replace("postgresql.yml", "[512, 1023]", "[513, 1023]");
        Environment environment = load();

        assertThatThrownBy(() -> DjangoSettings.of(environment))
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(5));
    }

    @Test
    void neverShowsWhatIsInTheVault() throws Exception {
        east.append("vault.yml", "broken: \"example-hidden\nmore: [example-hidden\n\t- example-hidden\n");

        assertThatThrownBy(this::load)
                .hasMessageContaining("environments/east/vault.yml:")
                .hasMessageNotContaining("example-hidden");
    }

    @Test
    void refusesAliasesThatFillTheMemory() throws Exception {
        StringBuilder bomb = new StringBuilder("a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
        for (int i = 1; i < 9; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [" + String.join(", ", List.of(alias, alias, alias, alias, alias))
                    + "]\n");
        }
        east.append("public.yml", bomb.toString());

        assertThatThrownBy(this::load).hasMessageContaining("environments/east/public.yml: ");
    }

    @Test
    void refusesDeepNesting() throws Exception {
        east.append("public.yml", "deep: " + "[".repeat(5_000) + "]".repeat(5_000) + "\n");

        assertThatThrownBy(this::load).hasMessageContaining("environments/east/public.yml");
    }

    @Test
    void refusesTwoInventories() throws Exception {
        east.write("inventory.csv", "hostname,host_address\n");

        assertThatThrownBy(this::load)
                .hasMessage(
                        "environments/east: there must be one inventory, found inventory.ini and inventory.csv; keep"
                                + " the one that is true");
    }

    @Test
    void saysThatTheVaultNeedsAPassword() throws Exception {
        east.write("vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n");

        assertThatThrownBy(this::load)
                .hasMessageContaining("environments/east/vault.yml: the vault is encrypted and there is no password");
    }

    private static List<String> files(Throwable e) {
        return Arrays.stream(e.getMessage().split("\n", -1))
                .map(line -> line.replaceFirst("environments/east/([a-z.]+):.*", "$1"))
                .distinct()
                .toList();
    }

    private Environment load() throws UserException {
        return Environment.load(root, "east", new VaultPassword(Map.of(), SecretPrompt.NONE));
    }
}
