package org.cchq.migrate.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.cchq.migrate.base.UserException;

/**
 * Ansible's host patterns: {@code a:b} or {@code a,b} union, {@code !a} without, {@code &a} only those also in a,
 * {@code a[0]}, {@code a[-1]}, {@code a[1:]}, {@code a[0:2]} (end included), globs, {@code ~regex}. Stricter than
 * Ansible: a name that is nothing, an index out of range or into a group of arbitrary order is an error.
 */
final class HostPattern {
    private static final Pattern SUBSCRIPT = Pattern.compile("(.+)\\[(?:(-?\\d{1,6})|(\\d{1,6})[:-](\\d{0,6}))\\]");
    private static final Pattern ADDRESS_6 = Pattern.compile("[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private final Inventory inventory;

    HostPattern(Inventory inventory) {
        this.inventory = inventory;
    }

    List<String> select(String pattern) throws UserException {
        List<String> terms = terms(pattern);
        if (terms.isEmpty()) {
            throw new UserException("host pattern: is empty; name a host or a group");
        }
        Set<String> hosts = new LinkedHashSet<>();
        boolean anyUnion = false;
        for (String term : terms) {
            if (!term.startsWith("!") && !term.startsWith("&")) {
                anyUnion = true;
                hosts.addAll(term(term, pattern));
            }
        }
        if (!anyUnion) {
            hosts.addAll(inventory.groupHosts("all"));
        }
        for (String term : terms) {
            if (term.startsWith("&")) {
                hosts.retainAll(term(term.substring(1), pattern));
            }
        }
        for (String term : terms) {
            if (term.startsWith("!")) {
                hosts.removeAll(term(term.substring(1), pattern));
            }
        }
        return List.copyOf(hosts);
    }

    /** Splits at commas, else at colons outside brackets; an IPv6 address is one term. */
    private List<String> terms(String pattern) {
        if (inventory.hasHost(pattern.strip())
                || ADDRESS_6.matcher(pattern.strip()).matches()) {
            return List.of(pattern.strip());
        }
        char separator = pattern.indexOf(',') >= 0 ? ',' : ':';
        List<String> terms = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= pattern.length(); i++) {
            char c = i == pattern.length() ? separator : pattern.charAt(i);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (i == pattern.length() || (c == separator && (depth == 0 || separator == ','))) {
                terms.add(pattern.substring(start, i).strip());
                start = i + 1;
            }
        }
        terms.removeIf(String::isEmpty);
        return terms;
    }

    private List<String> term(String term, String whole) throws UserException {
        if (term.startsWith("~")) {
            return matching(regex(term.substring(1), whole), term, true, whole);
        }
        Matcher subscript = SUBSCRIPT.matcher(term);
        if (!subscript.matches() || inventory.hasHost(term)) {
            return named(term, whole);
        }
        String name = subscript.group(1);
        List<String> hosts = named(name, whole);
        if (inventory.orderIsArbitrary(name)) {
            throw new UserException("host pattern '" + whole + "': group '" + name
                    + "' has no defined order (its children have children), so an index means another host on each run;"
                    + " name the host");
        }
        return slice(hosts, subscript, whole);
    }

    private static List<String> slice(List<String> hosts, Matcher subscript, String whole) throws UserException {
        boolean single = subscript.group(2) != null;
        int start = Integer.parseInt(single ? subscript.group(2) : subscript.group(3));
        if (start < 0) {
            start += hosts.size();
        }
        if (start < 0 || start >= hosts.size()) {
            throw new UserException("host pattern '" + whole + "': index out of range, '" + subscript.group(1)
                    + "' has " + hosts.size() + (hosts.size() == 1 ? " host" : " hosts"));
        }
        if (single) {
            return List.of(hosts.get(start));
        }
        int end = subscript.group(4).isEmpty() ? hosts.size() : Integer.parseInt(subscript.group(4)) + 1;
        return hosts.subList(start, Math.max(start, Math.min(end, hosts.size())));
    }

    private List<String> named(String name, String whole) throws UserException {
        boolean glob = name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
        return matching(glob ? glob(name) : Pattern.compile(Pattern.quote(name)), name, glob, whole);
    }

    private List<String> matching(Pattern pattern, String term, boolean several, String whole) throws UserException {
        Set<String> hosts = new LinkedHashSet<>();
        List<String> groups = found(inventory.groups().keySet(), pattern, several && term.startsWith("~"));
        groups.forEach(group -> hosts.addAll(inventory.groupHosts(group)));
        if (groups.isEmpty() || several) {
            List<String> direct = found(inventory.hosts(), pattern, several && term.startsWith("~"));
            if (groups.isEmpty() && direct.isEmpty()) {
                throw new UserException(
                        "host pattern '" + whole + "': no host or group matches '" + term + "'" + inventory.hint(term));
            }
            hosts.addAll(direct);
        }
        return List.copyOf(hosts);
    }

    /** A regular expression matches from the start of the name, as Python's {@code re.match}; others the whole name. */
    private static List<String> found(Collection<String> names, Pattern pattern, boolean prefix) {
        return names.stream()
                .filter(name -> prefix
                        ? pattern.matcher(name).lookingAt()
                        : pattern.matcher(name).matches())
                .toList();
    }

    private static Pattern regex(String text, String whole) throws UserException {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new UserException("host pattern '" + whole + "': not a regular expression: " + e.getDescription());
        }
    }

    /** {@code *}, {@code ?}, {@code [seq]} and {@code [!seq]}, as Python's {@code fnmatch}. */
    private static Pattern glob(String text) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int close = c == '[' ? text.indexOf(']', i + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                boolean negated = text.charAt(i + 1) == '!';
                String set = text.substring(i + (negated ? 2 : 1), close);
                regex.append(negated ? "[^" : "[");
                regex.append(set.replace("\\", "\\\\")
                        .replace("[", "\\[")
                        .replace("&", "\\&")
                        .replace("^", "\\^"));
                regex.append(']');
                i = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString());
    }
}
