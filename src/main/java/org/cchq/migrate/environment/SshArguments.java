package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code commcare_cloud_ssh_args} says: one ssh option an item ({@code "-i PATH"}, {@code "-o IdentityFile=PATH"},
 * {@code "-p PORT"}), or option and value as two items. The first setting of an option wins, as in ssh.
 *
 * @param words as ssh gets them on its command line
 * @param unsupported items that this tool does not act on, such as ProxyCommand
 */
record SshArguments(Map<String, String> options, List<String> words, List<String> unsupported) {
    private static final List<String> KNOWN =
            List.of("identityfile", "port", "user", "userknownhostsfile", "stricthostkeychecking", "identitiesonly");

    SshArguments {
        options = Map.copyOf(options);
        words = List.copyOf(words);
        unsupported = List.copyOf(unsupported);
    }

    static SshArguments parse(List<String> items) {
        Map<String, String> options = new HashMap<>();
        List<String> words = new ArrayList<>();
        List<String> unsupported = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            String item = items.get(i).strip();
            String flag = item.length() < 2 ? item : item.substring(0, 2);
            String value = item.substring(flag.length()).strip();
            if (value.isEmpty() && List.of("-i", "-o", "-p", "-l").contains(flag) && i + 1 < items.size()) {
                value = items.get(++i).strip();
            }
            words.add(flag);
            if (!value.isEmpty()) {
                words.add(value);
            }
            switch (flag) {
                case "-i" -> options.putIfAbsent("identityfile", value);
                case "-p" -> options.putIfAbsent("port", value);
                case "-l" -> options.putIfAbsent("user", value);
                case "-o" -> option(value, options, unsupported);
                default -> unsupported.add(item);
            }
        }
        return new SshArguments(options, words, unsupported);
    }

    private static void option(String text, Map<String, String> options, List<String> unsupported) {
        int end = 0;
        while (end < text.length() && text.charAt(end) != '=' && text.charAt(end) != ' ') {
            end++;
        }
        String name = text.substring(0, end).toLowerCase(Locale.ROOT);
        String value = text.substring(Math.min(text.length(), end + 1)).strip();
        if (KNOWN.contains(name)) {
            options.putIfAbsent(name, value);
        } else {
            unsupported.add(text);
        }
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }
}
