package org.cchq.migrate.stage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes which hosts a group of {@code inventory.ini} has, by its sections:
 *
 * <pre>
 * [riakcs]
 * riak21.example swap_size=4G
 * [riakcs:vars]
 * datavol_device=/dev/xvdb
 * </pre>
 *
 * Lines are moved as they are, with their comments; what stands between sections stays. Only the text is looked at: the
 * caller reads the result again and compares.
 */
final class IniEdit implements InventoryEdit {
    private static final Pattern HEADER = Pattern.compile("\\[([^:\\]\\s]+)(?::(\\w+))?\\]\\s*(?:#.*)?");
    private static final List<String> KINDS = List.of("hosts", "children", "vars");

    /** Lines from the header to the last entry; {@code end} is exclusive. */
    private record Section(String group, String kind, int start, int end) {}

    private final String original;
    private final List<String> lines;

    IniEdit(String text) {
        this.original = text;
        this.lines = Lines.of(text);
    }

    @Override
    public String text() {
        return Lines.join(lines, original);
    }

    @Override
    public void copyGroup(String from, String to) {
        Map<String, List<String>> bodies = new LinkedHashMap<>();
        for (String kind : KINDS) {
            sections(from, kind)
                    .forEach(section -> bodies.computeIfAbsent(kind, unused -> new ArrayList<>())
                            .addAll(lines.subList(section.start() + 1, section.end())));
        }
        for (String kind : KINDS) {
            List<String> body = ended(bodies.getOrDefault(kind, List.of()));
            List<Section> there = sections(to, kind);
            if (!bodies.containsKey(kind)) {
                removeAll(there);
            } else if (there.isEmpty()) {
                insert(to, kind, from, body);
            } else {
                removeAll(there.subList(1, there.size()));
                Section first = there.get(0);
                lines.subList(first.start() + 1, first.end()).clear();
                lines.addAll(first.start() + 1, body);
            }
        }
    }

    @Override
    public void removeGroup(String group) {
        boolean named = namedAsChild(group);
        for (String kind : List.of("vars", "children", "hosts")) {
            removeAll(sections(group, kind));
        }
        if (named) {
            append(List.of("[" + group + "]"));
        }
    }

    @Override
    public void addGroup(String group, String near, List<NewHost> hosts) {
        List<String> body = new ArrayList<>();
        hosts.forEach(host -> body.add(host.address()
                + (host.hostname().isEmpty() ? "" : " hostname=" + host.hostname())
                + Lines.end(original)));
        insert(group, "hosts", near, body);
    }

    /** A section behind the last one of the group; else behind the last of the group nearby; else last. */
    private void insert(String group, String kind, String near, List<String> body) {
        String end = Lines.end(original);
        List<String> section = new ArrayList<>();
        section.add(end);
        section.add("[" + group + (kind.equals("hosts") ? "" : ":" + kind) + "]" + end);
        section.addAll(body);
        Optional<Section> neighbour = last(group).or(() -> last(near));
        if (neighbour.isPresent()) {
            int at = neighbour.get().end();
            endLine(at - 1);
            lines.addAll(at, section);
        } else {
            append(section);
        }
    }

    private void append(List<String> section) {
        endLine(lines.size() - 1);
        lines.addAll(section);
    }

    private void endLine(int index) {
        if (index >= 0 && !lines.get(index).endsWith("\n")) {
            lines.set(index, lines.get(index) + Lines.end(original));
        }
    }

    private List<String> ended(List<String> body) {
        return body.stream()
                .map(line -> line.endsWith("\n") ? line : line + Lines.end(original))
                .toList();
    }

    /** With the blank lines behind each; at the end of the file with those before it. */
    private void removeAll(List<Section> sections) {
        for (int i = sections.size() - 1; i >= 0; i--) {
            int from = sections.get(i).start();
            int to = sections.get(i).end();
            while (to < lines.size() && lines.get(to).isBlank()) {
                to++;
            }
            while (to == lines.size() && from > 0 && lines.get(from - 1).isBlank()) {
                from--;
            }
            lines.subList(from, to).clear();
        }
    }

    private boolean namedAsChild(String group) {
        return all().stream()
                .filter(section ->
                        section.kind().equals("children") && !section.group().equals(group))
                .anyMatch(section -> lines.subList(section.start() + 1, section.end()).stream()
                        .anyMatch(line -> line.strip().matches(Pattern.quote(group) + "\\s*(?:#.*)?")));
    }

    private Optional<Section> last(String group) {
        return all().stream().filter(section -> section.group().equals(group)).reduce((first, second) -> second);
    }

    private List<Section> sections(String group, String kind) {
        return all().stream()
                .filter(section ->
                        section.group().equals(group) && section.kind().equals(kind))
                .toList();
    }

    private List<Section> all() {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher header = HEADER.matcher(lines.get(i).strip());
            if (!header.matches()) {
                continue;
            }
            int end = i + 1;
            for (int j = i + 1; j < lines.size(); j++) {
                String content = lines.get(j).strip();
                if (HEADER.matcher(content).matches()) {
                    break;
                }
                if (!content.isEmpty() && !content.startsWith("#") && !content.startsWith(";")) {
                    end = j + 1;
                }
            }
            sections.add(new Section(header.group(1), header.group(2) == null ? "hosts" : header.group(2), i, end));
        }
        return sections;
    }
}
