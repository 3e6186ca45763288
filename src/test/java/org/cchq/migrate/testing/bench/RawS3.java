package org.cchq.migrate.testing.bench;

import static java.util.Objects.requireNonNull;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Hand-signed requests over one kept-alive socket: the least that a client can do, so the limit that others are measured
 * against. Shares no code with the agent. Keys and queries are sent as they are: give only characters that need no
 * encoding, and a query already in canonical order. One thread.
 */
final class RawS3 implements AutoCloseable {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final byte[] NOTHING = {};

    private final Endpoint endpoint;
    private final MessageDigest sha256;
    private final MessageDigest md5;
    private final byte[] buffer = new byte[64 << 10];
    private @Nullable Socket socket;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private int from;
    private int to;
    private @Nullable Mac key;
    private String day = "";
    private long second;
    private String stamp = "";
    private byte[] body = new byte[64 << 10];
    private int length;
    private String etag = "";

    RawS3(Endpoint endpoint) throws GeneralSecurityException {
        this.endpoint = endpoint;
        sha256 = MessageDigest.getInstance("SHA-256");
        md5 = MessageDigest.getInstance("MD5");
    }

    /** Bytes of the last answer; only the first {@link #length()} count. */
    byte[] body() {
        return body;
    }

    int length() {
        return length;
    }

    /** ETag of the last answer, without quotes. */
    String etag() {
        return etag;
    }

    /** One request, tried again once on a new connection where the kept one was closed; the status. */
    int send(String method, String path, String query, byte[] content, int count)
            throws IOException, GeneralSecurityException {
        boolean kept = socket != null;
        try {
            return attempt(method, path, query, content, count);
        } catch (IOException e) {
            close();
            if (!kept) {
                throw e;
            }
            return attempt(method, path, query, content, count);
        }
    }

    /** The same without a body. */
    int send(String method, String path, String query) throws IOException, GeneralSecurityException {
        return send(method, path, query, NOTHING, 0);
    }

    /** Fails unless the status is one of these. */
    void expect(String method, String path, String query, byte[] content, int... statuses)
            throws IOException, GeneralSecurityException {
        int status = send(method, path, query, content, content.length);
        if (Arrays.stream(statuses).noneMatch(wanted -> wanted == status)) {
            throw new IOException(method + " " + path + "?" + query + " was answered " + status + ": "
                    + new String(body, 0, Math.min(length, 500), StandardCharsets.UTF_8));
        }
    }

    /** Copies an object to another endpoint and holds its MD5 against both ETags. */
    void copyTo(RawS3 target, String sourceBucket, String targetBucket, String name)
            throws IOException, GeneralSecurityException {
        int status = send("GET", "/" + sourceBucket + "/" + name, "");
        if (status != 200) {
            throw new IOException("GET " + name + " was answered " + status);
        }
        md5.update(body, 0, length);
        String digest = HEX.formatHex(md5.digest());
        if (!digest.equals(etag)) {
            throw new IOException(name + " came with other bytes than its ETag says");
        }
        status = target.send("PUT", "/" + targetBucket + "/" + name, "", body, length);
        if (status != 200 || !digest.equals(target.etag)) {
            throw new IOException("PUT " + name + " was answered " + status + " with ETag " + target.etag);
        }
    }

    private int attempt(String method, String path, String query, byte[] content, int count)
            throws IOException, GeneralSecurityException {
        if (socket == null) {
            Socket opened = new Socket(endpoint.host(), endpoint.port());
            opened.setTcpNoDelay(true);
            opened.setSoTimeout(120_000);
            socket = opened;
            in = opened.getInputStream();
            out = opened.getOutputStream();
            from = 0;
            to = 0;
        }
        OutputStream sink = requireNonNull(out);
        byte[] head = head(method, path, query, count);
        if (count > 0 && count <= 64 << 10) {
            byte[] whole = Arrays.copyOf(head, head.length + count);
            System.arraycopy(content, 0, whole, head.length, count);
            sink.write(whole);
        } else {
            sink.write(head);
            sink.write(content, 0, count);
        }
        return answer(method.equals("HEAD"));
    }

    private byte[] head(String method, String path, String query, int count) throws GeneralSecurityException {
        Instant now = Instant.now();
        if (now.getEpochSecond() != second) {
            second = now.getEpochSecond();
            stamp = STAMP.format(now);
        }
        String payload = count > 0 ? "UNSIGNED-PAYLOAD" : EMPTY;
        String host = endpoint.host() + ":" + endpoint.port();
        String canonical = method + "\n" + path + "\n" + query + "\nhost:" + host + "\nx-amz-content-sha256:" + payload
                + "\nx-amz-date:" + stamp + "\n\nhost;x-amz-content-sha256;x-amz-date\n" + payload;
        String scope = stamp.substring(0, 8) + "/us-east-1/s3/aws4_request";
        String toSign =
                "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + HEX.formatHex(sha256.digest(ascii(canonical)));
        String signature = HEX.formatHex(key().doFinal(ascii(toSign)));
        return ascii(method + " " + path + (query.isEmpty() ? "" : "?" + query) + " HTTP/1.1\r\nHost: " + host
                + "\r\nContent-Length: " + count + "\r\nx-amz-content-sha256: " + payload + "\r\nx-amz-date: " + stamp
                + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=" + endpoint.accessKey() + "/" + scope
                + ", SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + signature + "\r\n\r\n");
    }

    private Mac key() throws GeneralSecurityException {
        Mac known = key;
        if (known == null || !day.equals(stamp.substring(0, 8))) {
            day = stamp.substring(0, 8);
            byte[] derived = ("AWS4" + endpoint.secretKey().reveal()).getBytes(StandardCharsets.UTF_8);
            for (String part : new String[] {day, "us-east-1", "s3", "aws4_request"}) {
                derived = mac(derived).doFinal(ascii(part));
            }
            known = mac(derived);
            key = known;
        }
        return known;
    }

    private static Mac mac(byte[] key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private int answer(boolean withoutBody) throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        long declared = -1;
        boolean chunked = false;
        boolean closes = false;
        etag = "";
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).trim();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> declared = Long.parseLong(value);
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "connection" -> closes = value.equalsIgnoreCase("close");
                case "etag" -> etag = value.replace("\"", "");
                default -> {}
            }
        }
        length = 0;
        if (withoutBody || status == 204 || status == 304) {
            // no body follows
        } else if (chunked) {
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                read(size);
                line();
            }
            line();
        } else {
            read(declared < 0 ? 0 : Math.toIntExact(declared));
        }
        if (closes) {
            close();
        }
        return status;
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].trim(), 16);
    }

    private void read(int count) throws IOException {
        if (body.length < length + count) {
            body = Arrays.copyOf(body, Math.max(length + count, 2 * body.length));
        }
        int buffered = Math.min(count, to - from);
        System.arraycopy(buffer, from, body, length, buffered);
        from += buffered;
        if (requireNonNull(in).readNBytes(body, length + buffered, count - buffered) != count - buffered) {
            throw new EOFException("the answer ended early");
        }
        length += count;
    }

    private String line() throws IOException {
        int scan = from;
        while (true) {
            while (scan < to) {
                if (buffer[scan++] == '\n') {
                    String line = new String(buffer, from, scan - from, StandardCharsets.ISO_8859_1).trim();
                    from = scan;
                    return line;
                }
            }
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            scan -= from;
            from = 0;
            int count = requireNonNull(in).read(buffer, to, buffer.length - to);
            if (count <= 0) {
                throw new EOFException("the connection was closed");
            }
            to += count;
        }
    }

    @Override
    public void close() throws IOException {
        Socket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
