package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.PythonLiteral;
import org.cchq.migrate.base.PythonSpace;

/**
 * Reads {@code inventory.ini} in Ansible's grammar (its {@code ini} inventory plugin, core 2.14):
 *
 * <pre>
 * [web0]
 * 10.0.0.4 hostname=web0-east
 * [db]
 * db[01:12].example:2222 devices='["/dev/xvdb"]'  # comment
 * [webworkers:children]
 * web0
 * [webworkers:vars]
 * swap_size = 4G
 * </pre>
 */
final class IniInventory {
    private static final Pattern SECTION = Pattern.compile("\\[([^:\\]\\s]+)(?::(\\w+))?\\]\\s*(?:#.*)?");
    private static final Pattern GROUP_NAME = Pattern.compile("([^:\\]\\s]+)\\s*(?:#.*)?");

    private static final Pattern TWO_ON_A_LINE = Pattern.compile("[^'\"\\[{\\s#-][^'\"\\s]*\\s+([A-Za-z_]\\w*)=\\S.*");

    private final String place;
    private final Problems problems;
    private final InventoryBuilder builder = new InventoryBuilder();
    /** Groups named as a child before they are declared: by whom, on which line. */
    private final Map<String, Map<String, Integer>> pendingChildren = new LinkedHashMap<>();

    private final Map<String, Integer> pendingVariables = new LinkedHashMap<>();

    private String group = "ungrouped";
    private String section = "hosts";
    private int line;

    private IniInventory(String place, Problems problems) {
        this.place = place;
        this.problems = problems;
    }

    /**
     * Parses.
     *
     * @param place the file as shown in messages
     * @param problems gets every problem; the result is usable only if none was added
     */
    static Inventory parse(String text, String place, Problems problems) {
        IniInventory parser = new IniInventory(place, problems);
        text.lines().forEach(parser::line);
        parser.reportPending();
        return parser.builder.build();
    }

    private void line(String raw) {
        line++;
        String content = PythonSpace.strip(raw);
        if (content.isEmpty() || content.startsWith("#") || content.startsWith(";")) {
            return;
        }
        Matcher header = SECTION.matcher(content);
        if (header.matches()) {
            section(header.group(1), header.group(2) == null ? "hosts" : header.group(2));
        } else if (content.startsWith("[") && content.endsWith("]")) {
            problem("'" + content + "' is not a section header: write [name], [name:children] or [name:vars],"
                    + " without spaces");
        } else if (section.equals("hosts")) {
            hostLine(content);
        } else if (section.equals("vars")) {
            variableLine(content);
        } else if (section.equals("children")) {
            childLine(content);
        }
    }

    private void section(String name, String kind) {
        group = name;
        section = kind;
        if (!List.of("hosts", "children", "vars").contains(kind)) {
            problem("section [" + name + ":" + kind + "] is of an unknown kind"
                    + NearestName.hint(kind, List.of("children", "vars")));
            section = "unknown";
            builder.addGroup(name);
            return;
        }
        if (kind.equals("vars")) {
            if (!builder.hasGroup(name)) {
                pendingVariables.putIfAbsent(name, line);
            }
            builder.addGroup(name);
            return;
        }
        builder.addGroup(name);
        pendingVariables.remove(name);
        Map<String, Integer> parents = pendingChildren.remove(name);
        if (parents != null) {
            parents.forEach((parent, at) -> addChild(parent, name, at));
        }
    }

    private void hostLine(String content) {
        List<String> words = words(content);
        if (words.isEmpty()) {
            return;
        }
        Map<String, Object> variables = new LinkedHashMap<>();
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                problem("expected key=value after the host, found '" + mask(word) + "'");
                continue;
            }
            variables.put(word.substring(0, equals), PythonLiteral.read(word.substring(equals + 1)));
        }
        String host = words.get(0);
        if (host.endsWith(":") || host.equals("---")) {
            problem("'" + host + "' is not a host: "
                    + (host.equals("---")
                            ? "this looks like YAML; an INI inventory starts with a [group]"
                            : "a colon may only be followed by a port number"));
            return;
        }
        HostAddress address = HostAddress.parse(host);
        if (address.port() > 65_535) {
            problem("port " + address.port() + " of host '" + address.host() + "' is not between 1 and 65535");
            return;
        }
        for (String name : expand(address.host())) {
            builder.setPortOfNewHost(name, address.port());
            builder.addHost(name, group);
            variables.forEach((key, value) -> builder.setHostVariable(name, key, value));
        }
    }

    private List<String> words(String content) {
        try {
            return ShellWords.split(content);
        } catch (IllegalArgumentException e) {
            problem(e.getMessage() + "; check the quotes of this line");
            return List.of();
        }
    }

    private List<String> expand(String host) {
        try {
            return HostRange.expand(host);
        } catch (IllegalArgumentException e) {
            problem(String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private void variableLine(String content) {
        int equals = content.indexOf('=');
        String key = equals < 0 ? "" : PythonSpace.strip(content.substring(0, equals));
        if (key.isEmpty()) {
            problem("expected key=value in section [" + group + ":vars]");
            return;
        }
        String value = PythonSpace.strip(content.substring(equals + 1));
        Matcher two = TWO_ON_A_LINE.matcher(value);
        if (two.matches()) {
            builder.remark(
                    place + ":" + line,
                    "the value of '" + key + "' goes to the end of the line, ' " + two.group(1)
                            + "=...' and all: in a section [...:vars] each variable has a line of its own");
        }
        builder.setGroupVariable(group, key, PythonLiteral.read(value));
    }

    private void childLine(String content) {
        Matcher name = GROUP_NAME.matcher(content);
        if (!name.matches()) {
            problem("expected one group name in section [" + group + ":children], found '" + content + "'");
            return;
        }
        String child = name.group(1);
        if (builder.hasGroup(child)) {
            addChild(group, child, line);
        } else {
            pendingChildren
                    .computeIfAbsent(child, unused -> new LinkedHashMap<>())
                    .putIfAbsent(group, line);
        }
    }

    private void addChild(String parent, String child, int at) {
        builder.addChild(parent, child).ifPresent(wrong -> problems.add(place + ":" + at, wrong));
    }

    private void reportPending() {
        List<String> known = new ArrayList<>(builder.build().groups().keySet());
        known.removeAll(pendingVariables.keySet());
        pendingChildren.forEach((child, parents) -> parents.forEach((parent, at) -> problems.add(
                place + ":" + at,
                "section [" + parent + ":children] names the undefined group '" + child + "'"
                        + NearestName.hint(child, known))));
        pendingVariables.forEach((name, at) -> problems.add(
                place + ":" + at,
                "section [" + name + ":vars] is for a group that is declared nowhere" + NearestName.hint(name, known)));
    }

    private void problem(String what) {
        problems.add(place + ":" + line, what);
    }

    /** A stray word may be the tail of a password with a space in it. */
    private static String mask(String word) {
        return word.length() <= 3 ? word : word.substring(0, 3) + "...";
    }
}
