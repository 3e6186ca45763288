package org.cchq.migrate.environment;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.inventory.Inventory;
import org.cchq.migrate.inventory.InventoryFiles;
import org.cchq.migrate.vault.AnsibleVault;
import org.cchq.migrate.vault.VaultPassword;

/**
 * The files of an environment's directory, parsed but not yet understood.
 *
 * @param shown the directory as shown in messages: {@code environments/<name>}
 * @param generated what commcare-cloud hands to Ansible from meta.yml and proxy.yml
 * @param vault empty if there is none, or if it is encrypted and {@code commcare_cloud_use_vault} is off
 */
record EnvironmentFiles(
        Path directory,
        String name,
        String shown,
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

    private static final List<String> PROXY_KEYS = List.of(
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

    static EnvironmentFiles read(Path root, String name, VaultPassword password, Problems problems) {
        Path directory = root.resolve(name);
        String shown = root.toAbsolutePath().normalize().getFileName() + "/" + name;
        YamlMap publicFile = required(directory, shown, "public.yml", problems);
        YamlMap meta = optional(directory, shown, "meta.yml", problems).orElse(YamlMap.empty(shown + "/meta.yml"));
        meta.refuseUnknownKeys(META_KEYS, "meta.yml", problems);
        YamlMap proxy = optional(directory, shown, "proxy.yml", problems).orElse(YamlMap.empty(shown + "/proxy.yml"));
        refuseSlips(proxy, problems);
        YamlMap postgresql =
                optional(directory, shown, "postgresql.yml", problems).orElse(YamlMap.empty(shown + "/postgresql.yml"));
        Inventory inventory = InventoryFiles.read(directory, shown, problems);
        YamlMap vault = vault(directory, shown, name, publicFile, password, problems);
        return new EnvironmentFiles(
                directory, name, shown, publicFile, generated(meta, proxy), postgresql, vault, inventory);
    }

    /** A file that a setting names: {@code ~} is the user's home, a relative path starts at the environment. */
    Path path(String text) {
        if (text.equals("~") || text.startsWith("~/")) {
            return Path.of(System.getProperty("user.home"), text.substring(1));
        }
        return directory.resolve(text);
    }

    private static YamlMap generated(YamlMap meta, YamlMap proxy) {
        Map<String, YamlValue> values = new LinkedHashMap<>();
        for (String key : List.of("deploy_env", "env_monitoring_id", "secrets_backend")) {
            meta.get(key).ifPresent(value -> values.put(key, value));
        }
        proxy.keys().forEach(key -> values.put(key, proxy.get(key).orElseThrow()));
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
            Path directory, String shown, String name, YamlMap publicFile, VaultPassword password, Problems problems) {
        String place = shown + "/vault.yml";
        Path file = directory.resolve("vault.yml");
        if (!Files.exists(file)) {
            return YamlMap.empty(place);
        }
        String text = text(file, place, problems);
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

    private static YamlMap required(Path directory, String shown, String file, Problems problems) {
        Optional<YamlMap> map = optional(directory, shown, file, problems);
        if (map.isEmpty()) {
            problems.add(shown + "/" + file, "is missing; every environment has one");
        }
        return map.orElse(YamlMap.empty(shown + "/" + file));
    }

    private static Optional<YamlMap> optional(Path directory, String shown, String name, Problems problems) {
        Path file = directory.resolve(name);
        String place = shown + "/" + name;
        return Files.exists(file)
                ? Optional.of(YamlFile.read(text(file, place, problems), place, problems))
                : Optional.empty();
    }

    private static String text(Path file, String place, Problems problems) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            problems.add(place, "is not UTF-8 text");
        } catch (IOException e) {
            problems.add(place, "cannot be read: " + e.getMessage());
        }
        return "";
    }

    @Override
    public String toString() {
        return "files of " + shown;
    }
}
