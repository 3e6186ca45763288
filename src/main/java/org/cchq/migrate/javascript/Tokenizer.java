package org.cchq.migrate.javascript;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.cchq.migrate.javascript.Token.Kind;

/**
 * Program text to tokens, as ECMAScript's lexical grammar says. Never fails: what is not ended goes to the end of its line
 * (strings, regular expressions) or of the text (comments, templates).
 */
public final class Tokenizer {
    private static final List<String> PUNCTUATORS = List.of(
            ">>>=", "===", "!==", ">>>", "<<=", ">>=", "**=", "...", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=",
            "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**");
    /** After these a slash begins a regular expression. */
    private static final Set<String> BEFORE_VALUE = Set.of(
            "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof");

    private static final Set<String> BEFORE_CONDITION = Set.of("if", "while", "for", "with");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    /** For each open parenthesis whether it holds a condition. */
    private final Deque<Boolean> parentheses = new ArrayDeque<>();

    private boolean conditionEnded;
    private int at;
    private int line = 1;

    private Tokenizer(String text) {
        this.text = text;
    }

    public static List<Token> tokens(String text) {
        Tokenizer tokenizer = new Tokenizer(text);
        tokenizer.read();
        return List.copyOf(tokenizer.tokens);
    }

    private void read() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
                at++;
            } else if (Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF') {
                at++;
            } else if (text.startsWith("//", at)) {
                at = endOfLine(at);
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                skipTo(end < 0 ? text.length() : end + 2);
            } else if (c == '"' || c == '\'') {
                string(c);
            } else if (c == '`') {
                template();
            } else if (Character.isJavaIdentifierStart(c)) {
                int start = at;
                while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
                    at++;
                }
                add(Kind.NAME, text.substring(start, at));
            } else if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
                number();
            } else if (c == '/' && regexMayBegin()) {
                regex();
            } else {
                punctuator();
            }
        }
    }

    private void add(Kind kind, String word) {
        tokens.add(new Token(kind, word, line));
    }

    private boolean isDigit(int place) {
        return place < text.length() && text.charAt(place) >= '0' && text.charAt(place) <= '9';
    }

    private int endOfLine(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private void skipTo(int end) {
        line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
        at = end;
    }

    private void number() {
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean sign = (c == '+' || c == '-') && "eE".indexOf(text.charAt(at - 1)) >= 0 && at > start;
            if (!sign && c != '.' && !Character.isLetterOrDigit(c)) {
                break;
            }
            at++;
        }
        add(Kind.NUMBER, text.substring(start, at));
    }

    private void string(char quote) {
        StringBuilder value = new StringBuilder();
        int begun = line;
        at++;
        while (at < text.length() && text.charAt(at) != quote && text.charAt(at) != '\n') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                escape(value);
            } else {
                value.append(text.charAt(at++));
            }
        }
        if (at < text.length() && text.charAt(at) == quote) {
            at++;
        }
        tokens.add(new Token(Kind.STRING, value.toString(), begun));
    }

    private void escape(StringBuilder value) {
        char c = text.charAt(at + 1);
        at += 2;
        switch (c) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'v' -> value.append('\u000B');
            case '0' -> value.append('\0');
            case '\n' -> line++;
            case 'x' -> code(value, at, at + 2, at + 2);
            case 'u' -> {
                if (at < text.length() && text.charAt(at) == '{') {
                    int end = text.indexOf('}', at);
                    code(value, at + 1, end, end + 1);
                } else {
                    code(value, at, at + 4, at + 4);
                }
            }
            default -> value.append(c);
        }
    }

    private void code(StringBuilder value, int from, int to, int next) {
        if (to < from || to > text.length() || to - from > 6) {
            return;
        }
        try {
            value.appendCodePoint(Integer.parseInt(text.substring(from, to), 16));
            at = next;
        } catch (IllegalArgumentException e) {
            // no escape: what follows the letter is read as text
        }
    }

    private void template() {
        StringBuilder value = new StringBuilder();
        int begun = line;
        boolean substituted = false;
        at++;
        while (at < text.length() && text.charAt(at) != '`') {
            if (text.startsWith("${", at)) {
                substituted = true;
                skipTo(endOfSubstitution());
            } else if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                escape(value);
            } else {
                line += text.charAt(at) == '\n' ? 1 : 0;
                value.append(text.charAt(at++));
            }
        }
        at = Math.min(at + 1, text.length());
        tokens.add(new Token(substituted ? Kind.TEMPLATE : Kind.STRING, value.toString(), begun));
    }

    private int endOfSubstitution() {
        int depth = 0;
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return i + 1;
            }
        }
        return text.length();
    }

    private boolean regexMayBegin() {
        if (tokens.isEmpty()) {
            return true;
        }
        Token last = tokens.get(tokens.size() - 1);
        return switch (last.kind()) {
            case PUNCTUATOR -> last.is(")") ? conditionEnded : !last.is("]") && !last.is("++") && !last.is("--");
            case NAME -> BEFORE_VALUE.contains(last.text());
            default -> false;
        };
    }

    private void regex() {
        int start = at;
        boolean inClass = false;
        at++;
        while (at < text.length() && text.charAt(at) != '\n') {
            char c = text.charAt(at);
            if (c == '/' && !inClass) {
                at++;
                break;
            }
            inClass = c == '[' || (inClass && c != ']');
            at += c == '\\' ? 2 : 1;
        }
        at = Math.min(at, text.length());
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        add(Kind.REGEX, text.substring(start, at));
    }

    private void punctuator() {
        String word = PUNCTUATORS.stream()
                .filter(known -> text.startsWith(known, at))
                .findFirst()
                .orElse(text.substring(at, at + 1));
        if (word.equals("(")) {
            parentheses.push(!tokens.isEmpty()
                    && tokens.get(tokens.size() - 1).kind() == Kind.NAME
                    && BEFORE_CONDITION.contains(tokens.get(tokens.size() - 1).text()));
        } else if (word.equals(")")) {
            conditionEnded = !parentheses.isEmpty() && parentheses.pop();
        }
        add(Kind.PUNCTUATOR, word);
        at += word.length();
    }
}
