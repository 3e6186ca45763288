package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a check says of one fault each, and of several at once. */
class EnvironmentCheckTest {
    @TempDir
    Path checkout;

    private EnvironmentDirectory east;

    @BeforeEach
    void writeAnEnvironment() throws Exception {
        east = EnvironmentDirectory.valid(checkout.resolve("environments"), "east");
    }

    @Test
    void aSoundEnvironmentPasses() {
        EnvironmentCheck check = check();

        assertThat(lines(check))
                .containsExactly("note: environments/east/meta.yml:1: deploy_env 'east-prod' is not the"
                        + " directory's name 'east': remote paths, nginx files and process names have 'east-prod'");
        assertThat(check.passed()).isTrue();
        assertThat(check.settings()).containsOnlyKeys("10.0.0.4");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // hosts
                "inventory.ini | `[proxy]\n10.0.0.5` | `[proxy]\n10.0.1.1` | error: environments/east: host 10.0.1.1 is in group proxy and in riakcs: nginx and Riak CS would both listen on port 8080",
                "inventory.ini | `[proxy]\n10.0.0.5` | `[proxy]\n10.0.2.2` | error: environments/east: host 10.0.2.2 is in group proxy and in riakcs",
                "inventory.ini | encrypted_root=/opt/data/ecrypt | encrypted_root=/opt/data/ecrypt other=1 | warning: environments/east: environments/east/inventory.ini:4: the value of 'encrypted_root' goes to the end of the line, ' other=...' and all",
                "inventory.ini | [django_manage:children] | [manage:children] | warning: environments/east: the inventory has no group django_manage",
                // keys of other files
                "public.yml | ALTERNATE_HOSTS: [] | SITE_HOST: x.example.com | error: environments/east/public.yml:1: 'SITE_HOST' belongs into proxy.yml",
                "public.yml | ALTERNATE_HOSTS: [] | postgresql_max_connections: 300 | warning: environments/east/public.yml:1: 'postgresql_max_connections': commcare-cloud refuses the defaults of its roles",
                // expressions
                "public.yml | ALTERNATE_HOSTS: [] | unused: '{{ nowhere }}' | warning: environments/east/public.yml:1: 'unused' refers to {{ nowhere }}, which is set nowhere; add it to public.yml",
                "public.yml | ALTERNATE_HOSTS: [] | unused: '{{ cchq_usr }}' | warning: environments/east/public.yml:1: 'unused' refers to {{ cchq_usr }}, which is set nowhere",
                "public.yml | ALTERNATE_HOSTS: [] | `unused: \"{{ lookup('env', 'HOME') }}\"` | warning: environments/east/public.yml:1: 'unused': 'lookup' is not evaluated here; write the value itself; nothing here needs the value",
                "public.yml | `localsettings:` | `localsettings:\n  X: '{{ nowhere }}'` | error: environments/east/public.yml:11: 'localsettings.X' refers to {{ nowhere }}, which is set nowhere",
                "public.yml | ALTERNATE_HOSTS: [] | unused: '{{ groups.nested.0 }}' | error: environments/east/public.yml:1: 'unused': {{ groups.nested.0 }}: group 'nested' has no defined order",
                "public.yml | ALTERNATE_HOSTS: [] | unused: '{{ groups.prxy.0 }}' | warning: environments/east/public.yml:1: 'unused': {{ groups.prxy }}: there is no group 'prxy' in the inventory; did you mean 'proxy'?",
                "public.yml | ALTERNATE_HOSTS: [] | unused: '{{ ansible_default_ipv4.address }}' | note: environments/east/public.yml:1: 1 values need facts of the hosts",
                // couch
                "public.yml | `host: \"{{ groups.couchdb2_proxy.0 }}\"` | host: couchdb2_prxy | warning: environments/east/public.yml:4: 'couch_dbs.default.host': 'couchdb2_prxy' is no host of the inventory; did you mean 'couchdb2_proxy'?",
                // stores
                "public.yml | ALTERNATE_HOSTS: [] | `aws_region: ap-south-1\ns3_blob_db_url: https://s3.amazonaws.com` | error: environments/east/public.yml:2: the store's url is the global one of Amazon, which answers 301",
                "public.yml | ALTERNATE_HOSTS: [] | `aws_region: eu-west-1\ns3_blob_db_url: https://s3.eu-west-3.amazonaws.com\ns3_signature_version: s3v4` | warning: environments/east/public.yml:2: the store's url names region eu-west-3, and aws_region is eu-west-1",
                "public.yml | ALTERNATE_HOSTS: [] | s3_blob_db_url: https://s3.ap-south-1.amazonaws.com | error: environments/east/public.yml:1: region ap-south-1 refuses signature version s3 (2)",
                "vault.yml | `OLD_S3_BLOB_DB_ACCESS_KEY: EXAMPLEOLD\n  OLD_S3_BLOB_DB_SECRET_KEY: example/old` | `OLD_S3_BLOB_DB_ACCESS_KEY: EXAMPLENEW\n  OLD_S3_BLOB_DB_SECRET_KEY: example/new` | warning: environments/east/vault.yml:8: the old store's keys are the new store's",
                // leftovers
                "public.yml | BLOB_DB_MIGRATING_FROM_S3_TO_S3: True | TEMP_RIAKCS_PROXY: True | note: environments/east/public.yml:11: the temporary flip is on and the inventory still has riakcs_new",
                "public.yml | BLOB_DB_MIGRATING_FROM_S3_TO_S3: True | OTHER: True | note: environments/east: the inventory has riakcs_new, and no migration is on",
                "public.yml | BLOB_DB_MIGRATING_FROM_S3_TO_S3: True | OTHER: True | note: environments/east/vault.yml:8: 'OLD_S3_BLOB_DB_ACCESS_KEY' is left in the vault",
            })
    void explains(String file, String old, String with, String line) throws Exception {
        east.append("inventory.ini", """
                [leaf1]
                10.0.3.1
                [leaf2]
                10.0.3.2
                [middle1:children]
                leaf1
                [middle2:children]
                leaf2
                [nested:children]
                middle1
                middle2
                """);
        east.replace(file, old, with);

        assertThat(lines(check())).anyMatch(found -> found.startsWith(line));
    }

    @Test
    void namesHostsOfProcessesThatAreUnknown() throws Exception {
        east.append("inventory.ini", "[celery]\n10.0.0.8\n10.0.0.9\n[celery0]\n10.0.0.8\n");
        east.write("app-processes.yml", """
                celery_processes:
                  celery0: {beat: {}}
                  celry0,None: {flower: {}}
                """);

        assertThat(lines(check()))
                .contains(
                        "error: environments/east/app-processes.yml:3: unknown host or group 'celry0'; did you mean"
                                + " 'celery0'?",
                        "warning: environments/east/app-processes.yml:1: host '10.0.0.9' of group celery is not named under"
                                + " celery_processes; commcare-cloud wants every one of them there, with {} if it runs"
                                + " nothing");
    }

    @Test
    void namesHostsWithoutAKey() throws Exception {
        // the second is `ssh-keygen -H` of 10.0.0.5
        east.write("known_hosts", """
                [127.0.0.1]:2222 ssh-ed25519 AAAA
                |1|c2FsdHNhbHRzYWx0c2FsdHNhbHQ=|wrong= ssh-ed25519 AAAA
                10.0.1.*,10.0.0.6 ssh-ed25519 AAAA
                @revoked 10.0.0.7 ssh-ed25519 AAAA
                """);

        assertThat(lines(check()))
                .anyMatch(line ->
                        line.startsWith("warning: environments/east/known_hosts: has no key of 10.0.0.5, 10.0.0.7,"
                                + " 10.0.2.1, 10.0.2.2, 10.0.2.3: they are refused"));
    }

    @Test
    void tellsAllAtOnceEvenIfFilesCannotBeRead() throws Exception {
        east.append("public.yml", "couch_dbs: {}\n");
        east.append("vault.yml", "\tx: 1\n");
        east.replace("meta.yml", "env_monitoring_id", "env_monitor_id");
        east.replace("inventory.ini", "10.0.2.[1:3]", "10.0.2.[3:1]");
        east.replace("postgresql.yml", "[512, 1023]", "[511, 1023]");
        east.write("inventory.csv", "hostname,host_address\n");

        EnvironmentCheck check = check();

        assertThat(check.passed()).isFalse();
        assertThat(String.join("\n", lines(check)))
                .contains(
                        "duplicate key 'couch_dbs'",
                        "vault.yml",
                        "env_monitor_id",
                        "there must be one inventory",
                        "511");
    }

    @Test
    void tellsNoSecret() throws Exception {
        east.replace("vault.yml", "EXAMPLEOLD", "EXAMPLENEW");
        east.replace("vault.yml", "example/old", "example/new");

        assertThat(String.join("\n", lines(check())))
                .doesNotContain("EXAMPLENEW", "example/", "example-pg", "example-couch");
    }

    private EnvironmentCheck check() {
        return EnvironmentCheck.of(
                checkout.resolve("environments"), "east", new VaultPassword(Map.of(), SecretPrompt.NONE));
    }

    private static List<String> lines(EnvironmentCheck check) {
        return check.remarks().stream()
                .map(remark -> remark.level().name().toLowerCase(Locale.ROOT) + ": " + remark.text())
                .toList();
    }
}
