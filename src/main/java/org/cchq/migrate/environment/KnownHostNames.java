package org.cchq.migrate.environment;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The names in a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain, with wildcards, or hashed. */
final class KnownHostNames {
    private static final int SSH_PORT = 22;

    private final Set<String> plain = new TreeSet<>();
    private final List<String> hashed = new ArrayList<>();

    KnownHostNames(String text) {
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(line -> {
                    List<String> words = List.of(line.split("\\s+", -1));
                    boolean marked = words.get(0).startsWith("@");
                    if (words.size() > (marked ? 3 : 2) && !words.get(0).equals("@revoked")) {
                        Arrays.asList(words.get(marked ? 1 : 0).split(",", -1)).forEach(this::add);
                    }
                });
    }

    private void add(String name) {
        if (name.startsWith("|1|")) {
            hashed.add(name);
        } else {
            plain.add(name);
        }
    }

    boolean has(String address, int port) {
        String name = port == SSH_PORT ? address : "[" + address + "]:" + port;
        return plain.stream().anyMatch(known -> matches(known, name))
                || hashed.stream().anyMatch(known -> isHashOf(known, name));
    }

    private static boolean matches(String known, String name) {
        return known.equals(name)
                || (!known.startsWith("!")
                        && (known.contains("*") || known.contains("?"))
                        && name.matches(
                                Pattern.quote(known).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q")));
    }

    private static boolean isHashOf(String known, String name) {
        List<String> parts = List.of(known.split("\\|", -1));
        if (parts.size() != 4) {
            return false;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts.get(2)), "HmacSHA1"));
            byte[] hash = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
            return MessageDigest.isEqual(hash, Base64.getDecoder().decode(parts.get(3)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
