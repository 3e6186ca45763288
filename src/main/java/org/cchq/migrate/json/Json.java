package org.cchq.migrate.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to plain values and back: objects as {@link java.util.LinkedHashMap}, arrays as {@link java.util.List},
 * strings, {@link Boolean}, {@link Integer}/{@link Long}/{@link java.math.BigInteger}, {@link Double}, null. Reading is
 * strict: duplicate keys and trailing text are errors. Thread-safe.
 */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    /** For documents of others: the last of equal keys counts, as in JavaScript, and no text is too long. */
    private static final ObjectMapper FOREIGN = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxNestingDepth(10_000)
                            .build())
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private static final ObjectWriter ASCII = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writer();

    private static final ObjectWriter PYTHON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
            .build()
            .writer(new PythonSeparators());

    private static final ObjectWriter PRETTY = JsonMapper.builder()
            .build()
            .writer(new DefaultPrettyPrinter().withSeparators(Separators.createDefaultInstance()));

    private Json() {}

    /**
     * Reads one object.
     *
     * @param place what is being read, for the message: a file name; the text itself never appears in a message
     */
    public static Map<String, @Nullable Object> readObject(String text, String place) throws UserException {
        Object value = read(text, place);
        if (value instanceof Map<?, ?> map) {
            @SuppressWarnings("unchecked")
            Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
            return object;
        }
        throw new UserException(place + ": expected one JSON object in braces");
    }

    /** Reads one value of any sort. */
    public static @Nullable Object read(String text, String place) throws UserException {
        try (JsonParser parser = MAPPER.createParser(text)) {
            @Nullable Object value = MAPPER.readValue(parser, Object.class);
            if (parser.nextToken() != null) {
                throw new UserException(place + ": more than one JSON value");
            }
            return value;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : ":" + at.getLineNr();
            throw new UserException(place + where + ": not valid JSON: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UserException(place + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads one value of any sort, as it arrives. Of equal keys the last counts. Not for text that a person wrote.
     *
     * @throws UserException if it is not JSON or ends too early
     * @throws IOException of the stream
     */
    public static @Nullable Object readForeign(InputStream stream, String place) throws UserException, IOException {
        try (JsonParser parser = FOREIGN.createParser(stream)) {
            @Nullable Object value = FOREIGN.readValue(parser, Object.class);
            if (parser.nextToken() != null) {
                throw new UserException(place + ": more than one JSON value");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new UserException(place + ": not valid JSON: " + firstLine(e.getOriginalMessage()), e);
        }
    }

    /**
     * Reads an object that is an array of rows and little else, as it arrives, without building what nobody asked for: of
     * each row its texts, numbers and truth values, and of the object {@code doc} in it the wanted fields, whole.
     *
     * @param array name of the rows' array
     * @param wanted fields of {@code doc}
     * @param rows is given one row at a time
     * @return the other fields of the object that are texts, numbers or truth values
     * @throws UserException if it is not such an object or ends too early
     * @throws IOException of the stream
     */
    public static Map<String, @Nullable Object> readRows(
            InputStream stream,
            String place,
            String array,
            Set<String> wanted,
            Consumer<Map<String, @Nullable Object>> rows)
            throws UserException, IOException {
        try (JsonParser parser = FOREIGN.createParser(stream)) {
            Map<String, @Nullable Object> rest = new RowReader(parser, FOREIGN, place, wanted).read(array, rows);
            if (parser.nextToken() != null) {
                throw new UserException(place + ": more than one JSON value");
            }
            return rest;
        } catch (JsonProcessingException e) {
            throw new UserException(place + ": not valid JSON: " + firstLine(e.getOriginalMessage()), e);
        }
    }

    /** Compact text in UTF-8; what UTF-8 cannot say, a lone half of a surrogate pair, as an escape. */
    public static byte[] writeBytes(@Nullable Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            try {
                return ASCII.writeValueAsBytes(value);
            } catch (JsonProcessingException again) {
                throw new IllegalArgumentException("not a JSON value", again);
            }
        }
    }

    /** Compact text on one line. */
    public static String write(@Nullable Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON value", e);
        }
    }

    /** Indented text for a person. */
    public static String writePretty(@Nullable Object value) {
        try {
            return PRETTY.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON value", e);
        }
    }

    /** One line exactly as Python's {@code json.dumps} writes it by default: {@code ", "}, {@code ": "}, ASCII only. */
    public static String writeLikePython(@Nullable Object value) {
        try {
            return PYTHON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON value", e);
        }
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    /** Python's default separators. */
    private static final class PythonSeparators extends MinimalPrettyPrinter {
        @Override
        public void writeObjectEntrySeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(", ");
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(", ");
        }

        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(": ");
        }
    }
}
