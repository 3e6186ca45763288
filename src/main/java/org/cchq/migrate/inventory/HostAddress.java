package org.cchq.migrate.inventory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first word of a host line: a name or address, ranges in it, and a port. As Ansible's {@code parse_address}: {@code
 * name:22}, {@code 10.0.0.4:22}, {@code [2001:db8::1]:22}. A word that is no valid name keeps its colon and number.
 *
 * @param port 0 if none is named
 */
record HostAddress(String host, int port) {
    private static final Pattern BRACKETED = Pattern.compile("\\[(.+)\\]:(\\d+)");
    private static final Pattern PLAIN = Pattern.compile("((?:[^:\\[\\]]|\\[[^\\]]*\\])*):(\\d+)");

    private static final String RANGE = "\\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\\]";
    private static final String LABEL = "(?:\\w|" + RANGE + ")(?:[\\w_-]|" + RANGE + ")*(?<![_-])";
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS;
    private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*", FLAGS);
    private static final Pattern ADDRESS_6 = Pattern.compile(
            "(?=.*:.*:)(?:(?:[0-9a-f]{1,4}|\\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\\])|[:.])+", Pattern.CASE_INSENSITIVE);

    static HostAddress parse(String word) {
        String host = word;
        String port = "";
        Matcher bracketed = BRACKETED.matcher(host);
        if (bracketed.matches()) {
            host = bracketed.group(1);
            port = bracketed.group(2);
        }
        Matcher plain = PLAIN.matcher(host);
        if (plain.matches()) {
            host = plain.group(1);
            port = plain.group(2);
        }
        boolean valid = NAME.matcher(host).matches() || ADDRESS_6.matcher(host).matches();
        if (!valid || port.isEmpty()) {
            return new HostAddress(valid ? host : word, 0);
        }
        return new HostAddress(host, port.length() > 5 ? 99_999 : Integer.parseInt(port));
    }
}
