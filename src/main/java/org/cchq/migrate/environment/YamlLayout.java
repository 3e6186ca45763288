package org.cchq.migrate.environment;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Where the entries of a YAML file stand in its text, for edits that leave every other byte alone, and what they say.
 * Offsets are of Java characters; an entry ends with the last character of its value, before any comment.
 */
public final class YamlLayout {
    /**
     * A mapping.
     *
     * @param flow written in braces
     * @param start of its first character: the brace, or the first key
     * @param end after its last character: the brace's, or the last value's
     */
    public record Mapping(boolean flow, int start, int end, List<Entry> entries) {
        public Mapping {
            entries = List.copyOf(entries);
        }

        /** The entry of that key. */
        public Optional<Entry> entry(String key) {
            return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
        }
    }

    /**
     * A key and its value.
     *
     * @param start of the key, its quote included
     * @param keyEnd after the key, its quote included
     * @param valueStart of the value; equals {@code end} if there is none
     * @param end after the value
     * @param mapping the value, if it is one
     * @param scalar true if the value is a plain or quoted text, number, flag or null
     */
    public record Entry(
            String key, int start, int keyEnd, int valueStart, int end, Optional<Mapping> mapping, boolean scalar) {}

    private record Span(int start, int end, Optional<Mapping> mapping, boolean scalar) {}

    private final String text;
    private final Iterator<Event> events;

    private YamlLayout(String text) {
        this.text = text;
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(50);
        this.events = new Yaml(options).parse(new StringReader(text)).iterator();
    }

    /**
     * The mapping at the top of a file; empty if the file holds nothing.
     *
     * @param place the file as shown in messages
     */
    public static Optional<Mapping> of(String text, String place) throws UserException {
        values(text, place);
        YamlLayout layout = new YamlLayout(text);
        while (layout.events.hasNext()) {
            Event event = layout.events.next();
            if (event instanceof MappingStartEvent start) {
                return Optional.of(layout.mapping(start));
            }
            if (event instanceof ScalarEvent) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /**
     * What the file says: plain maps, lists, strings, numbers, flags and nulls; expressions are left as they are written.
     *
     * @throws UserException with every problem of the file
     */
    public static Map<String, @Nullable Object> values(String text, String place) throws UserException {
        Problems problems = new Problems();
        YamlMap map = YamlFile.read(text, place, problems);
        problems.throwIfAny();
        return plain(map);
    }

    private static Map<String, @Nullable Object> plain(YamlMap map) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        map.keys().forEach(key -> plain.put(key, plain(map.get(key).orElseThrow())));
        return plain;
    }

    private static @Nullable Object plain(YamlValue value) {
        if (value instanceof YamlMap map) {
            return plain(map);
        }
        if (value instanceof YamlValue.Sequence list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.items().forEach(item -> items.add(plain(item)));
            return items;
        }
        return ((YamlValue.Scalar) value).value();
    }

    private Mapping mapping(MappingStartEvent start) {
        boolean flow = start.getFlowStyle() == FlowStyle.FLOW;
        List<Entry> entries = new ArrayList<>();
        int last = offset(start.getStartMark());
        while (true) {
            Event key = events.next();
            if (key.is(Event.ID.MappingEnd)) {
                return new Mapping(
                        flow,
                        entries.isEmpty() || flow
                                ? offset(start.getStartMark())
                                : entries.get(0).start(),
                        flow ? offset(key.getEndMark()) : last,
                        entries);
            }
            Span name = span(key);
            Span value = span(events.next());
            last = Math.max(value.end(), name.end());
            entries.add(new Entry(
                    key instanceof ScalarEvent scalar ? scalar.getValue() : "",
                    name.start(),
                    name.end(),
                    value.start(),
                    last,
                    value.mapping(),
                    value.scalar()));
        }
    }

    private Span span(Event event) {
        int start = offset(event.getStartMark());
        if (event instanceof MappingStartEvent mapping) {
            Mapping read = mapping(mapping);
            return new Span(start, read.end(), Optional.of(read), false);
        }
        if (event instanceof SequenceStartEvent sequence) {
            int end = start;
            while (true) {
                Event item = events.next();
                if (item.is(Event.ID.SequenceEnd)) {
                    boolean flow = sequence.getFlowStyle() == FlowStyle.FLOW;
                    return new Span(start, flow ? offset(item.getEndMark()) : end, Optional.empty(), false);
                }
                end = span(item).end();
            }
        }
        int end = offset(event.getEndMark());
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return new Span(start, end, Optional.empty(), event instanceof ScalarEvent && oneLine(start, end));
    }

    private boolean oneLine(int start, int end) {
        return text.substring(start, end).indexOf('\n') < 0;
    }

    /** Marks count code points. */
    private int offset(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }
}
