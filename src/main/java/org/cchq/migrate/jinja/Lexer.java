package org.cchq.migrate.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.PythonSpace;
import org.cchq.migrate.jinja.Token.Kind;

/**
 * Cuts a template into tokens as Jinja2 3.1 does with {@code trim_blocks} on and {@code lstrip_blocks} off: the line end
 * after a block or comment goes; {@code -} strips all white space on its side, {@code +} keeps the line end. The last line
 * end of the template goes too.
 */
final class Lexer {
    private static final Pattern BEGIN = Pattern.compile("\\{\\{[-+]?|\\{%[-+]?|\\{#[-+]?");
    private static final Pattern RAW_BEGIN = Pattern.compile("(?U)\\{%[-+]?\\s*raw\\s*(?:-%\\}\\s*|%\\})");
    private static final Pattern RAW_END =
            Pattern.compile("(?U)\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)");
    private static final Pattern COMMENT_END = Pattern.compile("(?U)\\+#\\}|-#\\}\\s*|#\\}\\n?");
    private static final Pattern BLOCK_END = Pattern.compile("(?U)\\+%\\}|-%\\}\\s*|%\\}\\n?");
    private static final Pattern VARIABLE_END = Pattern.compile("(?U)-\\}\\}\\s*|\\}\\}");
    private static final Pattern SPACE = Pattern.compile("(?U)\\s+");
    private static final Pattern FLOAT =
            Pattern.compile("(?<!\\.)(\\d+_)*\\d+((\\.(\\d+_)*\\d+)?[eE][+\\-]?(\\d+_)*\\d+|\\.(\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](_?[0-1])+|0[oO](_?[0-7])+|0[xX](_?[\\da-fA-F])+|[1-9](_?\\d)*|0(_?0)*");
    private static final Pattern NAME = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern STRING =
            Pattern.compile("'[^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+'|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"", Pattern.DOTALL);
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int counted;
    private int lines = 1;

    private Lexer(String source) {
        this.source = source;
    }

    /** The template's text as the lexer counts it: one kind of line end, and none at the end. */
    static String normalized(String text) {
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        return lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    static List<Token> tokens(String text) throws JinjaException {
        Lexer lexer = new Lexer(normalized(text));
        lexer.template();
        lexer.add(Kind.END, "", lexer.at, lexer.at);
        return lexer.tokens;
    }

    private void template() throws JinjaException {
        Matcher begin = BEGIN.matcher(source);
        while (begin.find(at)) {
            Matcher raw = RAW_BEGIN.matcher(source).region(begin.start(), source.length());
            boolean strip = begin.group().endsWith("-");
            data(at, begin.start(), strip);
            if (raw.lookingAt()) {
                raw(raw);
            } else if (begin.group().startsWith("{#")) {
                at = after(COMMENT_END, begin.end(), "the comment has no end: #}");
            } else if (begin.group().startsWith("{{")) {
                add(Kind.VARIABLE_BEGIN, "{{", begin.start(), begin.end());
                at = begin.end();
                expression(VARIABLE_END, Kind.VARIABLE_END);
            } else {
                add(Kind.BLOCK_BEGIN, "{%", begin.start(), begin.end());
                at = begin.end();
                expression(BLOCK_END, Kind.BLOCK_END);
            }
        }
        data(at, source.length(), false);
        at = source.length();
    }

    private void raw(Matcher begin) throws JinjaException {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(begin.end())) {
            throw wrong("{% raw %} has no {% endraw %}");
        }
        data(begin.end(), end.start(), end.group(1).equals("-"));
        at = end.end();
    }

    private int after(Pattern end, int from, String missing) throws JinjaException {
        Matcher matcher = end.matcher(source);
        if (!matcher.find(from)) {
            throw wrong(missing);
        }
        return matcher.end();
    }

    private void data(int from, int to, boolean strip) {
        String text = source.substring(from, to);
        if (strip) {
            text = PythonSpace.stripEnd(text);
        }
        if (!text.isEmpty()) {
            add(Kind.DATA, text, from, to);
        }
    }

    private void expression(Pattern close, Kind closing) throws JinjaException {
        Deque<String> open = new ArrayDeque<>();
        while (true) {
            if (at >= source.length()) {
                throw wrong("the expression has no end: " + (closing == Kind.VARIABLE_END ? "}}" : "%}"));
            }
            Matcher end = close.matcher(source).region(at, source.length());
            if (open.isEmpty() && end.lookingAt()) {
                add(closing, end.group(), at, end.end());
                at = end.end();
                return;
            }
            token(open);
        }
    }

    private void token(Deque<String> open) throws JinjaException {
        int start = at;
        if (take(SPACE)) {
            return;
        }
        if (take(FLOAT)) {
            add(Kind.FLOAT, source.substring(start, at), start, at);
        } else if (take(INTEGER)) {
            add(Kind.INTEGER, source.substring(start, at), start, at);
        } else if (take(NAME)) {
            String name = source.substring(start, at);
            if (!Character.isUnicodeIdentifierStart(name.codePointAt(0)) && name.charAt(0) != '_') {
                throw wrong("'" + name + "' is no name");
            }
            add(Kind.NAME, name, start, at);
        } else if (take(STRING)) {
            add(Kind.STRING, PythonStrings.unescape(source.substring(start + 1, at - 1)), start, at);
        } else if (take(OPERATOR)) {
            String operator = source.substring(start, at);
            balance(operator, open);
            add(Kind.OPERATOR, operator, start, at);
        } else {
            throw wrong("unexpected character '" + source.substring(at, at + 1) + "'");
        }
    }

    private void balance(String operator, Deque<String> open) throws JinjaException {
        switch (operator) {
            case "{" -> open.push("}");
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "}", ")", "]" -> {
                if (open.isEmpty() || !open.pop().equals(operator)) {
                    throw wrong("unexpected '" + operator + "'");
                }
            }
            default -> {}
        }
    }

    private boolean take(Pattern pattern) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        matcher.useTransparentBounds(true);
        if (!matcher.lookingAt()) {
            return false;
        }
        at = matcher.end();
        return true;
    }

    private void add(Kind kind, String text, int start, int end) {
        tokens.add(new Token(kind, text, line(start), start, end));
    }

    private JinjaException wrong(String what) {
        return new JinjaException((line(at) > 1 ? "line " + line(at) + ": " : "") + what);
    }

    /** Tokens come in order, so that most often only the text since the last one is looked at. */
    private int line(int offset) {
        if (offset < counted) {
            counted = 0;
            lines = 1;
        }
        for (; counted < offset; counted++) {
            lines += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return lines;
    }
}
