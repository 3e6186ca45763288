package org.cchq.migrate.apply;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.Secret;

/**
 * Hides secrets in text that a person is shown: values of names that sound like a secret, passwords in addresses, and the
 * known values wherever they stand. Works on whole files: a value may go on over lines.
 */
public final class Masking {
    private static final String MASK = "********";

    /** Shorter values are hidden only where they are a whole string: they would take half of the text with them. */
    private static final int DISTINCT = 6;

    private static final String NAME =
            "[A-Za-z0-9_.-]*(?:access[_-]?key|secret|passw|passphrase|token|private[_-]?key|api[_-]?key"
                    + "|credential|signing[_-]?key|_dsn|_salt|encryption[_-]?key)[A-Za-z0-9_.-]*";

    /** A name, quoted or not, then {@code =} or {@code :}; the value is what follows. */
    private static final Pattern NAMED =
            Pattern.compile("(?i)(?<![A-Za-z0-9_.-])['\"]?" + NAME + "['\"]?\\]?\\s*[:=](?!=)\\s*");

    private static final Pattern STRING = Pattern.compile("'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern PASSWORD_IN_ADDRESS = Pattern.compile("(?<=://)[^\\s/@'\"]+(?=@)");
    private static final Pattern OPEN = Pattern.compile("[(\\[{]");
    private static final Pattern CLOSE = Pattern.compile("[)\\]}]");
    private static final Pattern HARMLESS =
            Pattern.compile("(?i)\\s*(?:none|null|true|false|''|\"\"|)\\s*[,)}\\]]*\\s*");

    private final List<String> anywhere = new ArrayList<>();
    private final Set<String> whole = new TreeSet<>();

    /** @param known values that are never shown */
    public Masking(Collection<Secret> known) {
        Set<String> spellings = new TreeSet<>();
        for (Secret secret : known) {
            String value = secret.reveal();
            for (String line : value.lines().toList()) {
                String text = line.strip();
                spellings.add(text);
                spellings.add(text.replace("\\", "\\\\").replace("'", "\\'"));
                spellings.add(text.replace("\\", "\\\\").replace("\"", "\\\""));
                spellings.add(java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        spellings.remove("");
        for (String spelling : spellings) {
            (spelling.length() < DISTINCT ? whole : anywhere).add(spelling);
        }
        // The longest first: one value may be part of another.
        anywhere.sort((a, b) -> Integer.compare(b.length(), a.length()));
    }

    /** The lines of a file, each with its secrets hidden. */
    public List<String> masked(List<String> lines) {
        List<String> masked = new ArrayList<>();
        int depth = 0;
        String quotes = "";
        for (String line : lines) {
            if (!quotes.isEmpty()) {
                masked.add(MASK);
                quotes = line.contains(quotes) ? "" : quotes;
                continue;
            }
            if (depth > 0) {
                depth = Math.max(0, depth + depthOf(line));
                masked.add(withoutValues(STRING.matcher(line).replaceAll(found -> kept(found.group()))));
                continue;
            }
            Matcher name = NAMED.matcher(line);
            boolean found = false;
            while (name.find()) {
                found = true;
                String value = line.substring(name.end());
                for (String triple : List.of("'''", "\"\"\"")) {
                    int first = value.indexOf(triple);
                    if (first >= 0 && value.indexOf(triple, first + 3) < 0) {
                        quotes = triple;
                    }
                }
                if (quotes.isEmpty()
                        && Pattern.compile("^\\s*[(\\[{]").matcher(value).find()) {
                    depth = Math.max(0, depthOf(value));
                }
            }
            masked.add(withoutValues(found ? withoutNamed(line, !quotes.isEmpty()) : line));
        }
        return masked;
    }

    /** Text that is no file: what a command said. */
    public String masked(String text) {
        return String.join("\n", masked(text.lines().toList()));
    }

    private static String withoutNamed(String line, boolean goesOn) {
        StringBuilder shown = new StringBuilder();
        int from = 0;
        Matcher name = NAMED.matcher(line);
        while (name.find(from)) {
            shown.append(line, from, name.end());
            String rest = line.substring(name.end());
            Matcher string = STRING.matcher(rest);
            if (goesOn) {
                return shown.append(MASK).toString();
            }
            if (string.lookingAt()) {
                shown.append(kept(string.group()));
                from = name.end() + string.end();
            } else if (HARMLESS.matcher(rest).matches()) {
                return shown.append(rest).toString();
            } else if (OPEN.matcher(rest.stripLeading()).lookingAt()) {
                return shown.append(
                                STRING.matcher(rest).replaceAll(found -> Matcher.quoteReplacement(kept(found.group()))))
                        .toString();
            } else {
                int end = rest.indexOf(',');
                shown.append(MASK);
                from = end < 0 ? line.length() : name.end() + end;
                if (end >= 0 && !rest.substring(0, end).matches("[A-Za-z0-9_.]+")) {
                    // Not a plain word: nobody knows whether the comma is part of the value.
                    from = line.length();
                }
            }
        }
        return shown.append(line, from, line.length()).toString();
    }

    private String withoutValues(String line) {
        String shown = PASSWORD_IN_ADDRESS.matcher(line).replaceAll(MASK);
        for (String value : anywhere) {
            shown = shown.replace(value, MASK);
        }
        if (!whole.isEmpty()) {
            shown = STRING.matcher(shown)
                    .replaceAll(found -> Matcher.quoteReplacement(
                            whole.contains(found.group()
                                            .substring(1, found.group().length() - 1))
                                    ? kept(found.group())
                                    : found.group()));
        }
        return shown;
    }

    /** An empty string tells that there is no secret: that is worth knowing. */
    private static String kept(String string) {
        String quote = string.substring(0, 1);
        return string.length() == 2 ? string : quote + MASK + quote;
    }

    private static int depthOf(String line) {
        String bare = STRING.matcher(line).replaceAll("");
        return (int) (OPEN.matcher(bare).results().count()
                - CLOSE.matcher(bare).results().count());
    }
}
