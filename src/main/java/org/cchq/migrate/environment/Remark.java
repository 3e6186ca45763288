package org.cchq.migrate.environment;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that a check of an environment has to say.
 *
 * @param text file and line, what is wrong and what would be right; never a secret
 */
public record Remark(Level level, String text) {
    /** How much it matters. */
    public enum Level {
        /** A run or a deployment would fail, or do something else than is written. */
        ERROR,
        /** It works today, and may not tomorrow or elsewhere. */
        WARNING,
        /** Worth knowing. */
        NOTE
    }

    private static final Pattern PLACE =
            Pattern.compile("^([^\\s:]+\\.(?:ya?ml|ini|csv))(?: \\(decrypted\\))?(?::(\\d+))?: ");

    /** The file, as far as the text names one. */
    public Optional<String> file() {
        Matcher place = PLACE.matcher(text);
        return place.find() ? Optional.of(place.group(1)) : Optional.empty();
    }

    /** The line of the file. */
    public Optional<Integer> line() {
        Matcher place = PLACE.matcher(text);
        return place.find() ? Optional.ofNullable(place.group(2)).map(Integer::valueOf) : Optional.empty();
    }
}
