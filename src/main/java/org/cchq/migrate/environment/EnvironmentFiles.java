package org.cchq.migrate.environment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.FileTexts;
import org.cchq.migrate.inventory.Inventory;
import org.cchq.migrate.inventory.InventoryFiles;
import org.cchq.migrate.vault.AnsibleVault;
import org.cchq.migrate.vault.VaultPassword;

/**
 * The files of an environment's directory, parsed but not yet understood.
 *
 * @param shown the directory as shown in messages: {@code environments/<name>}
 * @param texts the files' texts as they were read
 * @param generated what reaches Ansible from meta.yml, proxy.yml and postgresql.yml
 * @param vault empty if there is none, or if it is encrypted and {@code commcare_cloud_use_vault} is off
 */
record EnvironmentFiles(
        Path directory,
        String name,
        String shown,
        FileTexts texts,
        YamlMap publicFile,
        YamlMap generated,
        YamlMap postgresql,
        YamlMap vault,
        Inventory inventory) {

    private static final List<String> META_KEYS = List.of(
            "deploy_env",
            "env_monitoring_id",
            "users",
            "always_deploy_formplayer",
            "bare_non_cchq_environment",
            "slack_alerts_channel",
            "slack_notifications_channel",
            "deploy_keys",
            "secrets_backend");

    static final List<String> PROXY_KEYS = List.of(
            "SITE_HOST",
            "NO_WWW_SITE_HOST",
            "J2ME_SITE_HOST",
            "nginx_hsts_max_age",
            "nginx_max_worker_connection",
            "nginx_worker_rlimit_nofile",
            "nginx_ssl_protocols",
            "nginx_ssl_ciphers",
            "fake_ssl_cert",
            "letsencrypt_cchq_ssl",
            "primary_ssl_env",
            "trusted_proxies",
            "special_sites",
            "extra_sites",
            "nginx_block_ips",
            "tableau_server");

    /** Groups that commcare-cloud makes while it runs. */
    private static final List<String> SITE_HOSTS =
            List.of("webworkers", "celery", "proxy", "pillowtop", "django_manage", "formplayer", "airflow");

    static EnvironmentFiles read(Path root, String name, VaultPassword password, Problems problems) {
        Path directory = root.resolve(name);
        String shown = root.toAbsolutePath().normalize().getFileName() + "/" + name;
        FileTexts texts = new FileTexts(directory, shown, Map.of());
        YamlMap publicFile = publicFile(texts, shown, problems);
        YamlMap vault = vault(texts, shown, name, publicFile, password, problems);
        return parse(directory, name, shown, texts, publicFile, vault, problems);
    }

    /** The same with some texts replaced; the vault stays as it was opened. */
    EnvironmentFiles with(Map<String, String> replaced, Problems problems) {
        FileTexts changed = texts.with(replaced);
        return parse(directory, name, shown, changed, publicFile(changed, shown, problems), vault, problems);
    }

    private static EnvironmentFiles parse(
            Path directory,
            String name,
            String shown,
            FileTexts texts,
            YamlMap publicFile,
            YamlMap vault,
            Problems problems) {
        YamlMap meta = file(texts, shown, "meta.yml", problems);
        meta.refuseUnknownKeys(META_KEYS, "meta.yml", problems);
        YamlMap proxy = file(texts, shown, "proxy.yml", problems);
        refuseSlips(proxy, problems);
        YamlMap postgresql = file(texts, shown, "postgresql.yml", problems);
        Inventory inventory = InventoryFiles.read(texts, shown, problems)
                .withGroup("commcarehq", SITE_HOSTS)
                .withGroup("all_commcarehq", List.of("all"));
        return new EnvironmentFiles(
                directory,
                name,
                shown,
                texts,
                publicFile,
                generated(meta, proxy, postgresql),
                postgresql,
                vault,
                inventory);
    }

    /** A file that a setting names: {@code ~} is the user's home, a relative path starts at the environment. */
    Path path(String text) {
        if (text.equals("~") || text.startsWith("~/")) {
            return Path.of(System.getProperty("user.home"), text.substring(1));
        }
        return directory.resolve(text);
    }

    private static YamlMap generated(YamlMap meta, YamlMap proxy, YamlMap postgresql) {
        Map<String, YamlValue> values = new LinkedHashMap<>();
        for (String key : List.of("deploy_env", "env_monitoring_id", "secrets_backend")) {
            meta.get(key).ifPresent(value -> values.put(key, value));
        }
        proxy.keys().forEach(key -> values.put(key, proxy.get(key).orElseThrow()));
        postgresql.keys().forEach(key -> values.put(key, postgresql.get(key).orElseThrow()));
        return new YamlMap(meta.place(), values);
    }

    /** proxy.yml has more keys, of certificates and of special sites, than are known here: only slips are refused. */
    private static void refuseSlips(YamlMap proxy, Problems problems) {
        for (String key : proxy.keys()) {
            Optional<String> near = PROXY_KEYS.contains(key) ? Optional.empty() : NearestName.of(key, PROXY_KEYS);
            if (near.isPresent() && Math.abs(near.get().length() - key.length()) <= 1) {
                problems.add(proxy.placeOf(key), "unknown key '" + key + "'; did you mean '" + near.get() + "'?");
            }
        }
    }

    private static YamlMap vault(
            FileTexts texts, String shown, String name, YamlMap publicFile, VaultPassword password, Problems problems) {
        String place = shown + "/vault.yml";
        String text = texts.text("vault.yml", problems).orElse("");
        if (text.isEmpty()) {
            return YamlMap.empty(place);
        }
        if (!AnsibleVault.isEncrypted(text)) {
            return YamlFile.read(text, place, problems);
        }
        boolean used = !(publicFile.get("commcare_cloud_use_vault").orElse(null) instanceof YamlValue.Scalar flag
                && Boolean.FALSE.equals(flag.value()));
        if (!used) {
            return YamlMap.empty(place);
        }
        try {
            String clear = password.open(name, text, place).reveal();
            return YamlFile.read(clear, place + " (decrypted)", problems);
        } catch (UserException e) {
            problems.add(e);
            return YamlMap.empty(place);
        }
    }

    private static YamlMap publicFile(FileTexts texts, String shown, Problems problems) {
        if (texts.text("public.yml", problems).isEmpty()) {
            problems.add(shown + "/public.yml", "is missing; every environment has one");
        }
        return file(texts, shown, "public.yml", problems);
    }

    private static YamlMap file(FileTexts texts, String shown, String name, Problems problems) {
        String place = shown + "/" + name;
        return texts.text(name, problems)
                .map(text -> YamlFile.read(text, place, problems))
                .orElse(YamlMap.empty(place));
    }

    @Override
    public String toString() {
        return "files of " + shown;
    }
}
