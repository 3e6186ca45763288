package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Writes INI inventories that use the whole of Ansible's grammar, some with a slip in them; the same for the same seed. */
final class RandomInventory {
    private static final List<String> NAMES = List.of(
            "web", "db", "g-1", "my_group", "a.b", "zone9", "Upper", "x", "ninth", "all", "ungrouped", "group with");

    private static final List<String> HOSTS = List.of(
            "h1",
            "h2",
            "h3.example.com",
            "10.0.0.7",
            "10.0.0.8",
            "h1:2222",
            "h4:22",
            "w[1:3]",
            "w[01:03]",
            "w[001:010:4]",
            "n[a:c].x",
            "n[A:C]",
            "n[a:g:3]",
            "q[0:1]-[a:b]",
            "q[8:11]",
            "e[:2]",
            "r[1:2]:2200",
            "[2001:db8::1]:2222",
            "[::1]:22",
            "2001:db8::5",
            "z_1",
            "pre[1:2]post[3:4]",
            "'quoted'",
            "\"dq host\"",
            "h\\ 9",
            "localhost",
            "web",
            "x",
            "trail-:22",
            "a.b:22",
            "-dash",
            "[10:12]",
            "10.0.[1:2].[3:4]:2200",
            "fe80::[1:3]",
            "ünï");

    private static final List<String> BAD_HOSTS =
            List.of("w[1:", "w[3:1]", "w[01:9]", "w[a]", "'open", "h1 novalue", "h1:", "w[1:2:0]", "w[1]", "---");

    private static final List<String> HOST_VALUES = List.of(
            "1",
            "-3",
            "0.5",
            "1e3",
            "010",
            "0x1F",
            "1_000",
            "True",
            "False",
            "None",
            "yes",
            "true",
            "''",
            "\"\"",
            "'a b'",
            "\"a 'b' c\"",
            "'[1, 2]'",
            "\"['x', 'y']\"",
            "'{\"k\": [1, {\"z\": None}]}'",
            "'(1, 2)'",
            "a\\ b",
            "x#y",
            "'#1'",
            "a=b=c",
            "\"a\\\"b\"",
            "é",
            "\"'single'\"",
            "'\"double\"'",
            "[1,2]",
            "{{n}}",
            "'{{ a b }}'",
            "10.0.0.1",
            "1.2.3",
            "+1",
            "1+2",
            "u'x'",
            "99999999999999999999",
            "-0.0",
            "1.",
            ".5",
            "'1 # c'",
            "a\\\\b",
            "");

    private static final List<String> GROUP_VALUES = List.of(
            "1",
            "-3",
            "0.5",
            "True",
            "true",
            "yes",
            "None",
            "'quoted'",
            "\"dq\"",
            "'a' 'b'",
            "[1, 2]",
            "['a', \"b\", None, True]",
            "{'k': 1, 'l': [1, 2]}",
            "(1, 2)",
            "1, 2",
            "('x',)",
            "a b c",
            "x=1",
            "a = b = c",
            "010",
            "10.0.0.1",
            "1e3",
            "'x' # comment",
            "abc # kept",
            "1 # comment",
            "4G",
            "0x10",
            "0o17",
            "0b11",
            "1_0",
            "1__0",
            "u'x'",
            "r'\\d'",
            "'\\n\\t\\x41\\u00e9\\101'",
            "'\\q'",
            "''",
            "\"\"\"triple\"\"\"",
            "a\\b",
            "{{ x }}",
            "[1,",
            "{",
            "{}",
            "é",
            "+1",
            "--1",
            "- 1",
            "1+1",
            "'it\\'s'",
            "\"it's\"",
            "/dev/xvdb other=true",
            "123456789012345678901234567890",
            "-0.0",
            "1.",
            ".5",
            "[1] [2]",
            "f'x'",
            "'a",
            "-",
            "#",
            "",
            "-o StrictHostKeyChecking=no -o \"ProxyCommand=ssh -W %h:%p x\"",
            "[[1, 2], [3]]",
            "{'a': {'b': {}}}",
            "[ 1 , 2 , ]",
            "{1: 'x', '2': 'y'}",
            "\u00a0x",
            "Ellipsis",
            "nan");

    private final Random random;
    private final List<String> groups = new ArrayList<>();

    private RandomInventory(long seed) {
        random = new Random(seed);
    }

    static String of(long seed) {
        return new RandomInventory(seed).text();
    }

    private String text() {
        List<String> names = new ArrayList<>(NAMES.subList(0, chance(90) ? 9 : chance(80) ? 11 : 12));
        Collections.shuffle(names, random);
        groups.addAll(names.subList(0, 1 + random.nextInt(7)));
        List<String> sections = new ArrayList<>();
        for (String group : groups) {
            sections.add(hosts(group));
            if (chance(20)) {
                sections.add(hosts(group));
            }
            if (chance(60)) {
                sections.add(variables(group, 1 + random.nextInt(4)));
            }
            if (chance(15)) {
                sections.add(section(group, "vars") + "ansible_group_priority="
                        + pick(List.of("2", "5", "10", "-1", "0")) + "\n");
            }
        }
        for (int i = 0; i < groups.size(); i++) {
            children(i).ifPresent(sections::add);
        }
        if (chance(40)) {
            sections.add(variables("all", 3));
        }
        slip().ifPresent(sections::add);
        Collections.shuffle(sections, random);
        StringBuilder text = new StringBuilder(chance(30) ? "# a comment\n\n" : "");
        if (chance(40)) {
            text.append(hostLine()).append(chance(30) ? hostLine() : "");
        }
        sections.forEach(part -> text.append(part).append(chance(40) ? "; another\n\n" : ""));
        String all = text.toString();
        if (chance(5)) {
            all = all.replace("\n", "\r\n");
        }
        return chance(10) ? all.stripTrailing() : all;
    }

    private String hosts(String group) {
        StringBuilder text = new StringBuilder(section(group, ""));
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            text.append(hostLine());
        }
        return text.toString();
    }

    private String section(String group, String kind) {
        String head = "[" + group + (kind.isEmpty() ? "" : ":" + kind) + "]";
        return (chance(10) ? "  " : "") + head + pick(List.of("", "", "", " ", "  # why", "#why", "\t")) + "\n";
    }

    private String hostLine() {
        StringBuilder line = new StringBuilder(chance(10) ? " \t" : "").append(pick(HOSTS));
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            line.append(pick(List.of(" ", "  ", "\t")))
                    .append(variable())
                    .append('=')
                    .append(pick(HOST_VALUES));
        }
        return line.append(pick(List.of("", "", "", " # c", "  ", " #c=1")))
                .append('\n')
                .toString();
    }

    private String variables(String group, int count) {
        StringBuilder text = new StringBuilder(section(group, "vars"));
        for (int i = 0; i < count; i++) {
            text.append(pick(List.of("", "", "  ")))
                    .append(variable())
                    .append(pick(List.of("=", " = ", "= ", " =")))
                    .append(pick(GROUP_VALUES))
                    .append(pick(List.of("", "", " ")))
                    .append('\n');
        }
        return text.toString();
    }

    private String variable() {
        return chance(4)
                ? pick(List.of("ansible_host", "ansible_port", "hostname", "ansible_user"))
                : "v" + random.nextInt(7);
    }

    /** Only later groups become children, so that no loop arises by chance. */
    private java.util.Optional<String> children(int parent) {
        StringBuilder text = new StringBuilder(section(groups.get(parent), "children"));
        boolean any = false;
        for (int i = parent + 1; i < groups.size(); i++) {
            boolean implicit = groups.get(i).equals("all") || groups.get(i).equals("ungrouped");
            if (chance(35) && !implicit) {
                any = true;
                text.append(chance(10) ? "  " : "")
                        .append(groups.get(i))
                        .append(pick(List.of("", "", " # child", " ")))
                        .append('\n');
            }
        }
        boolean implicit = groups.get(parent).equals("ungrouped");
        return any && !implicit ? java.util.Optional.of(text.toString()) : java.util.Optional.empty();
    }

    private java.util.Optional<String> slip() {
        if (!chance(15)) {
            return java.util.Optional.empty();
        }
        return java.util.Optional.of(
                switch (random.nextInt(6)) {
                    case 0 -> "[nowhere:vars]\nx=1\n";
                    case 1 -> "[" + groups.get(0) + ":children]\nmissing\n";
                    case 2 -> "[" + groups.get(0) + ":other]\nx\n";
                    case 3 -> "[" + groups.get(0) + ":vars]\nnovalue\n";
                    case 4 -> "[" + groups.get(0) + ":children]\n" + groups.get(0) + "\n";
                    default -> "[" + groups.get(0) + "]\n" + pick(BAD_HOSTS) + "\n";
                });
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String pick(List<String> options) {
        return options.get(random.nextInt(options.size()));
    }
}
