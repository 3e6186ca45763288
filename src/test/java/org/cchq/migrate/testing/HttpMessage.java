package org.cchq.migrate.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** The head of an HTTP/1.1 request or response, as far as a relay has to know it. */
record HttpMessage(String head) {
    /** Up to and with the empty line; empty at the end of the stream. */
    static Optional<HttpMessage> read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                return Optional.empty();
            }
            head.write(next);
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return Optional.of(new HttpMessage(head.toString(StandardCharsets.ISO_8859_1)));
    }

    byte[] bytes() {
        return head.getBytes(StandardCharsets.ISO_8859_1);
    }

    String firstLineWord(int index) {
        return head.substring(0, head.indexOf("\r\n")).split(" ", -1)[index];
    }

    int status() {
        return Integer.parseInt(firstLineWord(1));
    }

    Optional<String> header(String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst();
    }

    boolean chunked() {
        return header("transfer-encoding")
                .map(value -> value.equalsIgnoreCase("chunked"))
                .orElse(false);
    }

    /** Bytes of the body, -1 if it goes to the end of the connection. */
    long length(long otherwise) {
        return header("content-length").map(Long::parseLong).orElse(otherwise);
    }

    boolean closes() {
        return header("connection")
                .map(value -> value.equalsIgnoreCase("close"))
                .orElse(false);
    }

    boolean expectsContinue() {
        return header("expect").isPresent();
    }

    HttpMessage withoutExpect() {
        return new HttpMessage(head.replaceAll("(?i)\r\nexpect:[^\r]*", ""));
    }
}
