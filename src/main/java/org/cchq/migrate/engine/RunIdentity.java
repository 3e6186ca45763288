package org.cchq.migrate.engine;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The settings that must not change while one ledger is in use (migration, source, target, filter ...), in the order in
 * which a person reads them. Kept in the ledger and shown in messages: never holds a secret.
 */
public record RunIdentity(Map<String, String> settings) {
    public RunIdentity {
        LinkedHashMap<String, String> copy = new LinkedHashMap<>(settings);
        copy.forEach((name, value) -> Objects.requireNonNull(value, name));
        settings = Collections.unmodifiableMap(copy);
    }

    /** SHA-256 in hex over names and values in order. */
    public String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            settings.forEach((name, value) -> {
                for (String part : List.of(name, value)) {
                    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                    digest.update(bytes);
                }
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** One line for each setting that differs; empty if none does. */
    List<String> differences(RunIdentity asked) {
        Set<String> names = new LinkedHashSet<>(settings.keySet());
        names.addAll(asked.settings.keySet());
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            String old = settings.getOrDefault(name, "(not set)");
            String now = asked.settings.getOrDefault(name, "(not set)");
            if (!old.equals(now)) {
                lines.add("  " + name + ": " + old + " in the ledger, " + now + " now");
            }
        }
        return lines;
    }
}
