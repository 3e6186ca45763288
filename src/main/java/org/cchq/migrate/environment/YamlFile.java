package org.cchq.migrate.environment;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads one YAML 1.1 file (booleans are yes/no/on/off too, as Ansible has it) into values with places. Only plain values:
 * no tag makes an object. A duplicate key is an error here, where Ansible lets the last one win with a mere warning.
 * Aliases, nesting and size are limited. Messages tell place and kind of trouble, never the text.
 */
final class YamlFile {
    private static final int MOST_VALUES = 200_000;
    private static final int DEEPEST = 50;
    private static final Tag UNSAFE = new Tag("!unsafe");

    private final String place;
    private final Problems problems;
    private final Scalars scalars = new Scalars(options());
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int values;

    private YamlFile(String place, Problems problems) {
        this.place = place;
        this.problems = problems;
    }

    /**
     * Reads a file that holds one mapping, or nothing.
     *
     * @param place the file as shown in messages
     */
    static YamlMap read(String text, String place, Problems problems) {
        Problems found = new Problems();
        YamlMap map = new YamlFile(place, found).document(text);
        problems.addAll(found);
        return map;
    }

    private YamlMap document(String text) {
        try {
            Node root = new Yaml(options()).compose(new StringReader(text));
            if (root == null || root.getTag().equals(Tag.NULL)) {
                return YamlMap.empty(place + ":1");
            }
            if (value(root) instanceof YamlMap map) {
                return map;
            }
            problems.add(at(root), "expected a mapping (key: value) at the top of the file");
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            problems.add(
                    mark == null ? place : place + ":" + (mark.getLine() + 1),
                    "not valid YAML: " + kind(e) + beginning(e));
        } catch (TooMuchException e) {
            problems.add(place, String.valueOf(e.getMessage()));
        } catch (YAMLException e) {
            problems.add(place, "not valid YAML, or larger, deeper or with more aliases than any environment needs");
        }
        return YamlMap.empty(place + ":1");
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(50);
        options.setNestingDepthLimit(DEEPEST);
        options.setAllowDuplicateKeys(true);
        return options;
    }

    /** The parser's own words without what it quotes of the file. */
    private static String kind(MarkedYAMLException e) {
        String problem = e.getProblem() == null ? "" : e.getProblem();
        if (problem.contains("\\t")) {
            return "a tab where only spaces may be";
        }
        if (problem.contains("expected <block end>")) {
            return "a line that is indented differently from its neighbours, or a quotation that ends too early";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "a second ': ' on the line; put the value between quotes";
        }
        if (problem.contains("could not find expected ':'")) {
            return "a key without ': '";
        }
        if (problem.contains("unexpected end of stream")) {
            return "a quotation or bracket without end";
        }
        return "something is wrong here or just before";
    }

    /** Where the quotation, bracket or block began that went wrong; often that is the line to mend. */
    private static String beginning(MarkedYAMLException e) {
        Mark start = e.getContextMark();
        Mark end = e.getProblemMark();
        return start == null || end == null || start.getLine() == end.getLine()
                ? ""
                : " (in what begins on line " + (start.getLine() + 1) + ")";
    }

    private YamlValue value(Node node) throws TooMuchException {
        if (++values > MOST_VALUES) {
            throw new TooMuchException("more than " + MOST_VALUES + " values, aliases written out; refused");
        }
        if (!open.add(node)) {
            throw new TooMuchException("line " + (node.getStartMark().getLine() + 1) + ": an anchor that holds itself");
        }
        try {
            if (node instanceof MappingNode mapping) {
                return mapping(mapping);
            }
            if (node instanceof SequenceNode sequence) {
                List<YamlValue> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(value(item));
                }
                return new YamlValue.Sequence(at(node), items);
            }
            return scalar((ScalarNode) node);
        } finally {
            open.remove(node);
        }
    }

    private YamlMap mapping(MappingNode node) throws TooMuchException {
        Map<String, YamlValue> merged = new LinkedHashMap<>();
        Map<String, YamlValue> own = new LinkedHashMap<>();
        Map<String, Node> keys = new LinkedHashMap<>();
        Map<String, Object> typed = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Node keyNode = tuple.getKeyNode();
            if (keyNode.getTag().equals(Tag.MERGE)) {
                merge(tuple.getValueNode(), merged);
                continue;
            }
            if (!(keyNode instanceof ScalarNode scalar)) {
                problems.add(at(keyNode), "a key must be a plain word, not a list or mapping");
                continue;
            }
            String key = scalar.getValue();
            Node first = keys.putIfAbsent(key, keyNode);
            if (first != null) {
                problems.add(
                        at(keyNode),
                        "duplicate key '" + key + "', first on line "
                                + (first.getStartMark().getLine() + 1)
                                + "; Ansible silently takes the last one: remove one of the two");
            }
            if (value(keyNode) instanceof YamlValue.Scalar read
                    && read.value() != null
                    && !(read.value() instanceof String)) {
                typed.put(key, read.value());
            }
            own.put(key, withPlace(value(tuple.getValueNode()), at(keyNode)));
        }
        Map<String, YamlValue> entries = new LinkedHashMap<>(own);
        merged.forEach(entries::putIfAbsent);
        return new YamlMap(at(node), entries, typed);
    }

    /** A person looks for the key, and an empty value has no line of its own. */
    private static YamlValue withPlace(YamlValue value, String place) {
        if (value instanceof YamlMap map) {
            return map.at(place);
        }
        if (value instanceof YamlValue.Sequence list) {
            return new YamlValue.Sequence(place, list.items());
        }
        YamlValue.Scalar scalar = (YamlValue.Scalar) value;
        return new YamlValue.Scalar(place, scalar.value(), scalar.literal());
    }

    private void merge(Node node, Map<String, YamlValue> into) throws TooMuchException {
        YamlValue value = value(node);
        List<YamlValue> sources = value instanceof YamlValue.Sequence list ? list.items() : List.of(value);
        for (YamlValue source : sources) {
            if (source instanceof YamlMap map) {
                map.keys().forEach(key -> into.putIfAbsent(key, map.get(key).orElseThrow()));
            } else {
                problems.add(at(node), "'<<' must be given a mapping, or a list of them");
            }
        }
    }

    private YamlValue scalar(ScalarNode node) {
        if (node.getTag().equals(UNSAFE)) {
            return new YamlValue.Scalar(at(node), node.getValue(), true);
        }
        if (node.getTag().getValue().startsWith("!")) {
            problems.add(
                    at(node),
                    "tag '" + node.getTag().getValue() + "' is not read here"
                            + (node.getTag().getValue().equals("!vault") ? "; move the value to vault.yml" : ""));
            return new YamlValue.Scalar(at(node), null, false);
        }
        try {
            return new YamlValue.Scalar(at(node), scalars.read(node), false);
        } catch (YAMLException | NumberFormatException e) {
            problems.add(at(node), "the value does not fit its tag");
            return new YamlValue.Scalar(at(node), null, false);
        }
    }

    private String at(Node node) {
        return place + ":" + (node.getStartMark().getLine() + 1);
    }

    /** SnakeYAML's own reading of one scalar; dates stay text. */
    private static final class Scalars extends SafeConstructor {
        private static final Set<Tag> TYPED = Set.of(Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.NULL);

        private Scalars(LoaderOptions options) {
            super(options);
        }

        private @Nullable Object read(ScalarNode node) {
            return TYPED.contains(node.getTag()) ? constructObject(node) : node.getValue();
        }
    }

    /** The file would fill the memory when written out. Never leaves this class. */
    private static final class TooMuchException extends Exception {
        private TooMuchException(String message) {
            super(message);
        }
    }
}
