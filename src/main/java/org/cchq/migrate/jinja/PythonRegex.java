package org.cchq.migrate.jinja;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Python's regular expressions in terms of Java's; what the two read differently is refused. */
final class PythonRegex {
    private static final String ESCAPES = "dDwWsSbBAntrf";

    private static final Pattern REPLACEMENT = Pattern.compile("\\\\(g<[^>]*>|[1-9]\\d?|.)?", Pattern.DOTALL);

    private PythonRegex() {}

    static Pattern compile(String python, boolean ignoreCase, boolean multiline) throws JinjaException {
        int flags = Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS;
        flags |= ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
        flags |= multiline ? Pattern.MULTILINE : 0;
        try {
            return Pattern.compile(translate(python), flags);
        } catch (PatternSyntaxException e) {
            throw new JinjaException("the regular expression is not read here: " + e.getDescription());
        }
    }

    private static String translate(String python) throws JinjaException {
        StringBuilder java = new StringBuilder();
        int inClass = -1;
        for (int i = 0; i < python.length(); i++) {
            char c = python.charAt(i);
            if (c == '\\') {
                i++;
                if (i == python.length()) {
                    throw new JinjaException("the regular expression ends with a backslash");
                }
                java.append(escape(python.charAt(i), inClass >= 0));
            } else if (inClass >= 0) {
                boolean first = i == inClass + 1 || (i == inClass + 2 && python.charAt(i - 1) == '^');
                if (c == ']' && !first) {
                    inClass = -1;
                    java.append(c);
                } else {
                    java.append(c == '[' || c == ']' || c == '&' ? "\\" + c : String.valueOf(c));
                }
            } else if (c == '[') {
                inClass = i;
                java.append(c);
            } else if (python.startsWith("(?", i)) {
                i = group(python, i, java);
            } else {
                java.append(c);
            }
        }
        return java.toString();
    }

    private static String escape(char c, boolean inClass) throws JinjaException {
        if (c == 'Z' && !inClass) {
            return "\\z";
        }
        boolean letter = Character.isLetterOrDigit(c);
        boolean backReference = c >= '1' && c <= '9' && !inClass;
        if (letter && !backReference && (ESCAPES.indexOf(c) < 0 || (inClass && "bBA".indexOf(c) >= 0))) {
            throw new JinjaException("'\\" + c + "' in a regular expression is not read here");
        }
        return "\\" + c;
    }

    /** Copies the beginning of a special group; the index of its last character. */
    private static int group(String python, int at, StringBuilder java) throws JinjaException {
        for (String same : new String[] {"(?:", "(?=", "(?!", "(?<=", "(?<!"}) {
            if (python.startsWith(same, at)) {
                java.append(same);
                return at + same.length() - 1;
            }
        }
        Matcher named = Pattern.compile("\\(\\?P<([A-Za-z][A-Za-z0-9]*)>")
                .matcher(python)
                .region(at, python.length());
        if (named.lookingAt()) {
            java.append("(?<").append(named.group(1)).append('>');
            return named.end() - 1;
        }
        throw new JinjaException("a group '(?...' of this sort in a regular expression is not read here");
    }

    /** {@code re.sub}'s replacement for one match. */
    static String expand(String template, Matcher match) throws JinjaException {
        StringBuilder text = new StringBuilder();
        Matcher part = REPLACEMENT.matcher(template);
        int done = 0;
        while (part.find()) {
            text.append(template, done, part.start());
            done = part.end();
            String escaped = part.group(1) == null ? "" : part.group(1);
            if (escaped.startsWith("g<")) {
                text.append(group(match, escaped.substring(2, escaped.length() - 1)));
            } else if (!escaped.isEmpty() && escaped.charAt(0) >= '1' && escaped.charAt(0) <= '9') {
                text.append(group(match, escaped));
            } else {
                text.append(
                        switch (escaped) {
                            case "n" -> "\n";
                            case "t" -> "\t";
                            case "r" -> "\r";
                            case "\\" -> "\\";
                            default -> {
                                if (escaped.isEmpty() || Character.isLetterOrDigit(escaped.charAt(0))) {
                                    throw new JinjaException("'\\" + escaped + "' in a replacement is not read here");
                                }
                                yield "\\" + escaped;
                            }
                        });
            }
        }
        return text.append(template.substring(done)).toString();
    }

    /** A group of the match by number or name; empty if it took no part. */
    private static String group(Matcher match, String name) throws JinjaException {
        @Nullable String found = groupOrNull(match, name);
        return found == null ? "" : found;
    }

    static @Nullable String groupOrNull(Matcher match, String name) throws JinjaException {
        try {
            return name.matches("\\d{1,3}") ? match.group(Integer.parseInt(name)) : match.group(name);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new JinjaException("the regular expression has no group '" + name + "'");
        }
    }
}
