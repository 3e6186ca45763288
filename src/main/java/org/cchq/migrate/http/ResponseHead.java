package org.cchq.migrate.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Status line and headers of an HTTP answer. Headers are looked up in the bytes as they came; names in any case. */
public final class ResponseHead {
    private final byte[] bytes;
    private final int firstHeader;
    private final int status;
    private final boolean http10;

    private ResponseHead(byte[] bytes, int firstHeader, int status, boolean http10) {
        this.bytes = bytes;
        this.firstHeader = firstHeader;
        this.status = status;
        this.http10 = http10;
    }

    /**
     * @param bytes the whole head, up to and with its empty line; not copied
     * @throws MalformedResponseException if this is no HTTP/1 answer
     */
    static ResponseHead parse(byte[] bytes) throws MalformedResponseException {
        if (bytes.length < 13 || !ascii(bytes, 0, 7).equals("HTTP/1.") || bytes[8] != ' ') {
            throw new MalformedResponseException("an answer that does not begin with HTTP/1.x");
        }
        int status = 0;
        for (int i = 9; i < 12; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                throw new MalformedResponseException("a status line without a status");
            }
            status = status * 10 + bytes[i] - '0';
        }
        int firstHeader = lineEnd(bytes, 0) + 1;
        for (int line = firstHeader; line < bytes.length; line = lineEnd(bytes, line) + 1) {
            if (isEmptyLine(bytes, line)) {
                return new ResponseHead(bytes, firstHeader, status, bytes[7] == '0');
            }
            int colon = indexOf(bytes, line, ':');
            if (colon <= line || bytes[line] == ' ' || bytes[line] == '\t') {
                throw new MalformedResponseException("a header line without a name");
            }
        }
        throw new MalformedResponseException("headers that do not end");
    }

    public int status() {
        return status;
    }

    /** The value, trimmed; null if there is no such header. The first, if there are several. */
    public @Nullable String find(String lowerCaseName) {
        for (int line = firstHeader; !isEmptyLine(bytes, line); line = lineEnd(bytes, line) + 1) {
            if (nameIs(line, lowerCaseName)) {
                return value(line + lowerCaseName.length() + 1);
            }
        }
        return null;
    }

    /** All headers in the order in which they came. */
    public List<Map.Entry<String, String>> all() {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (int line = firstHeader; !isEmptyLine(bytes, line); line = lineEnd(bytes, line) + 1) {
            int colon = indexOf(bytes, line, ':');
            headers.add(Map.entry(ascii(bytes, line, colon), value(colon + 1)));
        }
        return headers;
    }

    /**
     * Length of the body that the head declares; -1 if it declares none.
     *
     * @throws MalformedResponseException if it declares two, or nonsense
     */
    public long contentLength() throws MalformedResponseException {
        long length = -1;
        for (int line = firstHeader; !isEmptyLine(bytes, line); line = lineEnd(bytes, line) + 1) {
            if (nameIs(line, "content-length")) {
                long declared = number(value(line + 15));
                if (length >= 0 && length != declared) {
                    throw new MalformedResponseException("two different Content-Length headers");
                }
                length = declared;
            }
        }
        return length;
    }

    /** Whether the body comes in chunks. */
    public boolean chunked() throws MalformedResponseException {
        String coding = find("transfer-encoding");
        if (coding == null || coding.equalsIgnoreCase("identity")) {
            return false;
        }
        if (coding.equalsIgnoreCase("chunked")) {
            return true;
        }
        throw new MalformedResponseException("the unknown Transfer-Encoding '" + coding + "'");
    }

    /** Whether the server keeps the connection open after the body. */
    public boolean keepsAlive() {
        String connection = find("connection");
        if (connection == null) {
            return !http10;
        }
        return http10 ? connection.equalsIgnoreCase("keep-alive") : !connection.equalsIgnoreCase("close");
    }

    /** The ETag without quotes and weakness mark, "" if there is none. */
    public String etag() {
        String value = find("etag");
        if (value == null) {
            return "";
        }
        String strong = value.startsWith("W/") ? value.substring(2) : value;
        return strong.length() >= 2 && strong.startsWith("\"") && strong.endsWith("\"")
                ? strong.substring(1, strong.length() - 1)
                : strong;
    }

    private boolean nameIs(int line, String lowerCaseName) {
        int end = line + lowerCaseName.length();
        if (end >= bytes.length || bytes[end] != ':') {
            return false;
        }
        for (int i = 0; i < lowerCaseName.length(); i++) {
            int c = bytes[line + i];
            if (c >= 'A' && c <= 'Z') {
                c += 32;
            }
            if (c != lowerCaseName.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String value(int start) {
        return ascii(bytes, start, lineEnd(bytes, start)).strip();
    }

    private static long number(String text) throws MalformedResponseException {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedResponseException("the Content-Length '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private static String ascii(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private static boolean isEmptyLine(byte[] bytes, int line) {
        return bytes[line] == '\n' || (bytes[line] == '\r' && line + 1 < bytes.length && bytes[line + 1] == '\n');
    }

    private static int lineEnd(byte[] bytes, int start) {
        int end = start;
        while (end < bytes.length - 1 && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private static int indexOf(byte[] bytes, int start, char wanted) {
        for (int i = start; i < bytes.length && bytes[i] != '\n'; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
