package org.cchq.migrate.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cchq.migrate.environment.Remark.Level;
import org.cchq.migrate.testing.Samples;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The known faults of the real environments are explained, and nothing else is said to be an error. */
class SampleChecksTest {
    private static final String KEYS = """
            secrets:
              POSTGRES_USERS: {commcare: {username: commcarehq, password: example-pg}}
              RIAKCS_S3_ACCESS_KEY: EXAMPLENEW
              RIAKCS_S3_SECRET_KEY: example/new
              OLD_S3_BLOB_DB_ACCESS_KEY: EXAMPLEOLD
              OLD_S3_BLOB_DB_SECRET_KEY: example/old
            localsettings_private: {COUCH_USERNAME: commcarehq, COUCH_PASSWORD: example-couch}
            """;

    /** The samples come without the secrets that they refer to. */
    private static final Pattern NO_SUCH_SECRET =
            Pattern.compile("'localsettings\\.\\w+' refers to \\{\\{ (localsettings_private|secrets)\\.\\w+ }}");

    @TempDir
    Path root;

    @Test
    void production2018Dual() throws Exception {
        EnvironmentCheck check = check("production-2018/2-dual", "");

        assertThat(texts(check, Level.WARNING))
                .anyMatch(
                        text -> text.contains("/inventory.ini:15: the value of 'datavol_device' goes to the end of the"
                                + " line, ' datadog_integration_cloudant=...' and all"))
                .anyMatch(text -> text.contains("the inventory has no group django_manage"))
                .anyMatch(text -> text.contains("there are no secrets here"));
        assertThat(texts(check, Level.ERROR))
                .allMatch(text -> text.contains("refers to {{ secrets }}")
                        || text.contains("refers to {{ localsettings_private }}")
                        || text.contains("PG_DATABASE_USER and PG_DATABASE_PASSWORD are needed"));
    }

    @Test
    void production2018DualWithItsKeys() throws Exception {
        EnvironmentCheck check = check("production-2018/2-dual", KEYS);

        assertThat(texts(check, Level.ERROR))
                .isNotEmpty()
                .allMatch(text -> NO_SUCH_SECRET.matcher(text).find());
    }

    @Test
    void production2018TempFlip() throws Exception {
        EnvironmentCheck check = check("production-2018/4-temp-flip", KEYS);

        assertThat(texts(check, Level.ERROR))
                .allMatch(text -> NO_SUCH_SECRET.matcher(text).find());
        assertThat(texts(check, Level.NOTE))
                .anyMatch(text -> text.contains("'OLD_S3_BLOB_DB_ACCESS_KEY' is left in the vault"));
    }

    @Test
    void production2018TempFlipWithTheFaultsOfItsTime() throws Exception {
        Path copy = copy("production-2018/4-temp-flip", KEYS);
        replace(copy.resolve("public.yml"), "TEMP_RIAKCS_PROXY: True", "TEMP_RIAKCS_PROXY: True,");
        Files.writeString(
                copy.resolve("inventory.ini"),
                Files.readString(copy.resolve("inventory.ini"))
                        + "\n[riakcs_new]\nhqriak21.internal-va.commcarehq.org\n");

        EnvironmentCheck check = checkCopy();

        assertThat(texts(check, Level.ERROR))
                .anyMatch(text -> text.contains("public.yml:266: 'TEMP_RIAKCS_PROXY' is present but is not True"));
        assertThat(texts(check, Level.NOTE))
                .anyMatch(text -> text.contains("the temporary flip is on and the inventory still has riakcs_new"));
    }

    @Test
    void production2018Final() throws Exception {
        EnvironmentCheck check = check("production-2018/5-final", KEYS);

        assertThat(texts(check, Level.ERROR))
                .allMatch(text -> NO_SUCH_SECRET.matcher(text).find());
    }

    @Test
    void development2019() throws Exception {
        EnvironmentCheck check = check("development-2019", KEYS);

        assertThat(texts(check, Level.ERROR))
                .containsExactly(
                        "environments/copy: host 192.168.33.17 is in group proxy and in riakcs: nginx and Riak CS"
                                + " would both listen on port 8080; give the proxy another host, or another port with"
                                + " riakcs_proxy_port_override");
        assertThat(texts(check, Level.NOTE))
                .anyMatch(text -> text.contains("deploy_env 'dev' is not the directory's name"));
    }

    @Test
    void test2026() throws Exception {
        EnvironmentCheck check = check("test-2026", KEYS);

        assertThat(texts(check, Level.ERROR)).isEmpty();
        assertThat(texts(check, Level.WARNING))
                .anyMatch(text -> text.contains("'ProxyCommand=") && text.contains("is not supported"));
        assertThat(texts(check, Level.NOTE)).anyMatch(text -> text.contains("need facts of the hosts"));
    }

    private EnvironmentCheck check(String sample, String vault) throws Exception {
        copy(sample, vault);
        return checkCopy();
    }

    private EnvironmentCheck checkCopy() {
        return EnvironmentCheck.of(
                root.resolve("environments"), "copy", new VaultPassword(Map.of(), SecretPrompt.NONE));
    }

    private Path copy(String sample, String vault) throws Exception {
        Path copy = Files.createDirectories(root.resolve("environments/copy"));
        try (Stream<Path> files = Files.list(Samples.directory().resolve(sample))) {
            for (Path file : files.toList()) {
                Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        if (!vault.isEmpty()) {
            Files.writeString(copy.resolve("vault.yml"), vault);
        }
        return copy;
    }

    private static void replace(Path file, String old, String with) throws Exception {
        assertThat(Files.readString(file)).containsOnlyOnce(old);
        Files.writeString(file, Files.readString(file).replace(old, with));
    }

    private static List<String> texts(EnvironmentCheck check, Level level) {
        return check.remarks().stream()
                .filter(remark -> remark.level() == level)
                .map(Remark::text)
                .toList();
    }
}
