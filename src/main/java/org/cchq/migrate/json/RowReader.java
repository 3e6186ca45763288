package org.cchq.migrate.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/** Reads the rows of an answer one token after the other; {@link Json#readRows} says what it keeps. Not thread-safe. */
final class RowReader {
    private static final String DOCUMENT = "doc";
    /** What is nested deeper is left to the mapper, which needs no stack for it. */
    private static final int DEEPEST = 50;

    private final JsonParser parser;
    private final ObjectMapper mapper;
    private final String place;
    private final Set<String> wanted;

    RowReader(JsonParser parser, ObjectMapper mapper, String place, Set<String> wanted) {
        this.parser = parser;
        this.mapper = mapper;
        this.place = place;
        this.wanted = wanted;
    }

    Map<String, @Nullable Object> read(String array, Consumer<Map<String, @Nullable Object>> rows)
            throws IOException, UserException {
        require(parser.nextToken() == JsonToken.START_OBJECT, "an object was expected");
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        boolean found = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals(array)) {
                require(value == JsonToken.START_ARRAY, "a list was expected as " + array);
                found = true;
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    rows.accept(row());
                }
                require(parser.currentToken() == JsonToken.END_ARRAY, "an object was expected in " + array);
            } else {
                keepScalar(rest, name, value);
            }
        }
        require(parser.currentToken() == JsonToken.END_OBJECT, "it is cut off");
        require(found, "no " + array);
        return rest;
    }

    private Map<String, @Nullable Object> row() throws IOException {
        Map<String, @Nullable Object> row = new LinkedHashMap<>(8);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals(DOCUMENT) && value == JsonToken.START_OBJECT) {
                row.put(name, document());
            } else if (name.equals(DOCUMENT)) {
                row.put(name, null);
            } else {
                keepScalar(row, name, value);
            }
        }
        return row;
    }

    private Map<String, @Nullable Object> document() throws IOException {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (wanted.contains(name)) {
                document.put(name, value(0));
            } else {
                parser.skipChildren();
            }
        }
        return document;
    }

    /** The value that begins with the current token, as the mapper would make it, without its preparations for each. */
    private @Nullable Object value(int depth) throws IOException {
        if (depth > DEEPEST) {
            return mapper.readValue(parser, Object.class);
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>(8);
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(depth + 1));
                }
                return object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>(4);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(depth + 1));
                }
                return array;
            }
            case VALUE_STRING -> {
                return parser.getText();
            }
            case VALUE_NUMBER_INT -> {
                return parser.getNumberValue();
            }
            case VALUE_TRUE -> {
                return true;
            }
            case VALUE_FALSE -> {
                return false;
            }
            case VALUE_NULL -> {
                return null;
            }
            default -> {
                return mapper.readValue(parser, Object.class);
            }
        }
    }

    private void keepScalar(Map<String, @Nullable Object> values, String name, @Nullable JsonToken value)
            throws IOException {
        if (value != null && value.isStructStart()) {
            parser.skipChildren();
        } else {
            values.put(name, value(0));
        }
    }

    private void require(boolean good, String what) throws UserException {
        if (!good) {
            throw new UserException(place + ": " + what);
        }
    }
}
