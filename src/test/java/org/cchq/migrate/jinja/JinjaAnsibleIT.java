package org.cchq.migrate.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.Ansible;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same expressions and templates here and in the real Ansible: equal values of equal types, and an error here wherever
 * there is one there. Where this refuses what Ansible can do, the case is listed as such: nothing is silently different.
 */
class JinjaAnsibleIT {
    private static final Path RESOURCES = Path.of("src/test/resources/ansible");

    /** Cases that Ansible evaluates and this refuses, on purpose. */
    private static final Set<String> REFUSED_HERE = Set.of(
            "{{ d.items }}",
            "{ {{ n }} }",
            "{{ ('x' if no) == ('y' if no) }}",
            "{{ ('x' if no) | list }}",
            "{{ ('x' if no) | length }}",
            "{{ [('x' if no)] }}");

    /** Cases that Ansible refuses and this evaluates: one undefined value of a mapping does not keep the others away. */
    private static final Map<String, String> LENIENT_HERE =
            Map.of("{{ map_with_undef.ok }}", "text \"1\"", "{{ 'ok' in map_with_undef }}", "bool True");

    @BeforeAll
    static void needsAnsible() throws Exception {
        Ansible.require();
    }

    @Test
    void evaluatesTheTextsOfVariablesAsAnsibleDoes() throws Exception {
        List<String> texts =
                Files.readString(RESOURCES.resolve("expressions.txt")).lines().toList();
        assertThat(texts).hasSizeGreaterThan(300);

        compare(texts, false);
    }

    @Test
    void rendersTemplatesAsAnsibleDoes() throws Exception {
        List<String> texts =
                List.of(Files.readString(RESOURCES.resolve("templates.txt")).split("===\n", -1));
        assertThat(texts).hasSizeGreaterThan(40);

        compare(texts, true);
    }

    private static void compare(List<String> texts, boolean template) throws Exception {
        Map<String, @Nullable Object> variables =
                Json.readObject(Files.readString(RESOURCES.resolve("variables.json")), "variables.json");
        List<Object> cases = new ArrayList<>();
        texts.forEach(text -> cases.add(Map.of("variables", variables, "text", text, "template", template)));
        List<String> answers =
                Ansible.python("evaluate.py", Json.write(cases)).lines().toList();
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Map<String, @Nullable Object> answer = Json.readObject(answers.get(i), "answer");
            String theirs = answer.containsKey("error") ? "error" : String.valueOf(answer.get("value"));
            String ours = here(texts.get(i), variables, template);
            if (LENIENT_HERE.containsKey(texts.get(i)) && theirs.equals("error")) {
                theirs = LENIENT_HERE.get(texts.get(i));
            }
            boolean same = theirs.equals("error") ? ours.startsWith("error") : theirs.equals(ours);
            if (REFUSED_HERE.contains(texts.get(i)) ? !ours.startsWith("error") : !same) {
                differences.add(texts.get(i) + "\n   here:    " + ours + "\n   Ansible: " + theirs + " "
                        + answer.getOrDefault("error", ""));
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String here(String text, Map<String, @Nullable Object> variables, boolean template) {
        Map<String, @Nullable Object> raw = new LinkedHashMap<>();
        variables.forEach((name, value) -> raw.put(name, raw(value)));
        Evaluation evaluation = new Evaluation(new Fixed(raw));
        try {
            return shown(
                    template
                            ? evaluation.render(text, "case.j2")
                            : evaluation.evaluate(SourceText.isPossibly(text) ? new SourceText(text, "case") : text));
        } catch (JinjaException e) {
            return "error " + e.getMessage();
        }
    }

    private static @Nullable Object raw(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            if (map.containsKey("!unsafe")) {
                return map.get("!unsafe");
            }
            Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((key, item) -> entries.put(key, raw(item)));
            return entries;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(raw(item)));
            return items;
        }
        return value instanceof String text && SourceText.isPossibly(text) ? new SourceText(text, "variable") : value;
    }

    private static String shown(@Nullable Object value) throws JinjaException {
        if (value == null) {
            return "none";
        }
        if (value instanceof Boolean) {
            return "bool " + PythonText.str(value);
        }
        if (value instanceof Double) {
            return "float " + PythonText.str(value);
        }
        if (value instanceof Number) {
            return "int " + value;
        }
        if (value instanceof String) {
            return "text " + PythonJson.dumps(value, -1, false);
        }
        if (value instanceof Map<?, ?> map) {
            StringJoiner text = new StringJoiner(", ", "map {", "}");
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                text.add(shown(entry.getKey()) + " = " + shown(entry.getValue()));
            }
            return text.toString();
        }
        StringJoiner text = new StringJoiner(", ", "list [", "]");
        for (Object item : (List<?>) value) {
            text.add(shown(item));
        }
        return text.toString();
    }

    /** Variables as they are. */
    private record Fixed(Map<String, @Nullable Object> values) implements Names {
        @Override
        public boolean has(String name) {
            return values.containsKey(name);
        }

        @Override
        public @Nullable Object get(String name) {
            return values.get(name);
        }

        @Override
        public Set<String> all() {
            return values.keySet();
        }

        @Override
        public String home(String name) {
            return "variables.json";
        }
    }
}
