package org.cchq.migrate.testing.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.cchq.migrate.base.Secret;

/**
 * An S3 server that answers at once: objects in this JVM's memory, no signature verified, only what the clients of the
 * benchmark ask for. It stands in for a server that is faster than any that fits on this machine: where 256 requests are
 * to be in flight, or where a bucket holds millions of keys. The measurements that compare servers' clients use a real one.
 */
final class InstantS3 implements AutoCloseable {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    private static final class Stored {
        private final byte[] bytes;
        private final String etag;
        private final Instant modified;
        private final Map<String, String> metadata;

        Stored(byte[] bytes, String etag, Instant modified, Map<String, String> metadata) {
            this.bytes = bytes;
            this.etag = etag;
            this.modified = modified;
            this.metadata = metadata;
        }
    }

    private record Request(String method, String path, Map<String, String> query, Map<String, String> headers) {
        String bucket() {
            return path.substring(1).split("/", 2)[0];
        }

        String key() {
            String[] parts = path.substring(1).split("/", 2);
            return parts.length < 2 ? "" : parts[1];
        }
    }

    private final ServerSocket listener;
    private final Map<String, NavigableMap<String, Stored>> buckets = new ConcurrentHashMap<>();
    private volatile long[] listedKeys = {};
    private volatile String listedBucket = "";
    private volatile int listedLength;

    InstantS3() throws IOException {
        listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        daemon("instant-s3-accept", this::accept);
    }

    Endpoint endpoint() {
        return new Endpoint(
                "http://127.0.0.1:" + listener.getLocalPort(), "instant-access", new Secret("instant-secret"));
    }

    /**
     * Makes a bucket that lists these keys and answers HEAD for them, without their bytes.
     *
     * @param keys sorted as unsigned; each stands for the key of its 16 hex digits twice
     * @param length of each object
     */
    void list(String bucket, long[] keys, int length) {
        buckets.put(bucket, new ConcurrentSkipListMap<>());
        listedBucket = bucket;
        listedKeys = keys;
        listedLength = length;
    }

    /** The key of 32 hex digits for {@link #list}. */
    static String listedKey(long key) {
        String half = HEX.toHexDigits(key);
        return half + half;
    }

    void drop(String bucket) {
        buckets.remove(bucket);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                daemon("instant-s3", () -> serve(socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    System.err.println("instant-s3: " + e);
                }
            }
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, 256 << 10);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
            OutputStream out = socket.getOutputStream();
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                answer(request(line, in), in, out, md5);
            }
        } catch (EOFException e) {
            // the client has gone
        } catch (IOException | GeneralSecurityException e) {
            if (!listener.isClosed() && !"Connection reset".equals(e.getMessage())) {
                System.err.println("instant-s3: " + e);
            }
        }
    }

    private static Request request(String line, InputStream in) throws IOException {
        String[] words = line.split(" ", -1);
        String[] target = words[1].split("\\?", 2);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
        Map<String, String> query = new LinkedHashMap<>();
        if (target.length > 1) {
            for (String pair : target[1].split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return new Request(words[0], URLDecoder.decode(target[0], StandardCharsets.UTF_8), query, headers);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(120);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private void answer(Request request, InputStream in, OutputStream out, MessageDigest md5) throws IOException {
        int length = Integer.parseInt(request.headers.getOrDefault("content-length", "0"));
        if (request.headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException();
        }
        NavigableMap<String, Stored> bucket = buckets.get(request.bucket());
        if (request.key().isEmpty()) {
            ofBucket(request, bucket, out);
        } else if (bucket == null) {
            error(out, request, 404, "NoSuchBucket");
        } else {
            ofObject(request, bucket, body, out, md5);
        }
    }

    private void ofBucket(Request request, NavigableMap<String, Stored> bucket, OutputStream out) throws IOException {
        if (request.method.equals("PUT")) {
            buckets.putIfAbsent(request.bucket(), new ConcurrentSkipListMap<>());
            send(out, 200, "", new byte[0]);
        } else if (bucket == null) {
            error(out, request, 404, "NoSuchBucket");
        } else if (request.method.equals("DELETE")) {
            buckets.remove(request.bucket());
            send(out, 204, "", new byte[0]);
        } else if (request.method.equals("HEAD")) {
            send(out, 200, "", new byte[0]);
        } else if (request.query.containsKey("location")) {
            xml(out, "<LocationConstraint/>");
        } else {
            listing(request, bucket, out);
        }
    }

    private void ofObject(
            Request request, NavigableMap<String, Stored> bucket, byte[] body, OutputStream out, MessageDigest md5)
            throws IOException {
        switch (request.method) {
            case "PUT" -> {
                Map<String, String> metadata = new LinkedHashMap<>(request.headers);
                metadata.keySet().removeIf(name -> !name.startsWith("x-amz-meta-"));
                Stored stored = new Stored(body, HEX.formatHex(md5.digest(body)), Instant.now(), metadata);
                if (!request.headers.containsKey("if-none-match")) {
                    bucket.put(request.key(), stored);
                } else if (isListed(request) || bucket.putIfAbsent(request.key(), stored) != null) {
                    error(out, request, 412, "PreconditionFailed");
                    return;
                }
                send(out, 200, "ETag: \"" + stored.etag + "\"\r\n", new byte[0]);
            }
            case "DELETE" -> {
                bucket.remove(request.key());
                send(out, 204, "", new byte[0]);
            }
            case "GET", "HEAD" -> {
                Stored stored = bucket.get(request.key());
                if (stored != null) {
                    object(request, stored, out);
                } else if (request.method.equals("HEAD") && isListed(request)) {
                    head(out, 200, "ETag: \"" + request.key() + "\"\r\n", listedLength);
                } else {
                    error(out, request, 404, "NoSuchKey");
                }
            }
            default -> error(out, request, 501, "NotImplemented");
        }
    }

    private boolean isListed(Request request) {
        return request.bucket().equals(listedBucket)
                && request.key().matches("[0-9a-f]{32}")
                && search(Long.parseUnsignedLong(request.key().substring(0, 16), 16)) >= 0;
    }

    /** Like {@link Arrays#binarySearch(long[], long)}, in unsigned order. */
    private int search(long key) {
        int low = 0;
        int high = listedKeys.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(listedKeys[middle], key);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    private static void object(Request request, Stored stored, OutputStream out) throws IOException {
        StringBuilder headers = new StringBuilder(200)
                .append("ETag: \"")
                .append(stored.etag)
                .append("\"\r\nLast-Modified: ")
                .append(HTTP_DATE.format(stored.modified))
                .append("\r\n");
        stored.metadata.forEach(
                (name, value) -> headers.append(name).append(": ").append(value).append("\r\n"));
        if (request.method.equals("HEAD")) {
            head(out, 200, headers.toString(), stored.bytes.length);
        } else {
            send(out, 200, headers.toString(), stored.bytes);
        }
    }

    private void listing(Request request, NavigableMap<String, Stored> bucket, OutputStream out) throws IOException {
        int most = Math.min(1000, Integer.parseInt(request.query.getOrDefault("max-keys", "1000")));
        String after = request.query.getOrDefault(
                "continuation-token",
                request.query.getOrDefault("start-after", request.query.getOrDefault("marker", "")));
        String prefix = request.query.getOrDefault("prefix", "");
        StringBuilder entries = new StringBuilder(most * 260);
        String last = "";
        boolean more;
        if (request.bucket().equals(listedBucket)) {
            int first = firstAfter(after);
            int end = Math.min(listedKeys.length, first + most);
            for (int i = first; i < end; i++) {
                last = listedKey(listedKeys[i]);
                entry(entries, last, last, listedLength, Instant.EPOCH);
            }
            more = end < listedKeys.length;
        } else {
            int count = 0;
            more = false;
            for (Map.Entry<String, Stored> found : bucket.tailMap(after, false).entrySet()) {
                if (!found.getKey().startsWith(prefix)) {
                    continue;
                }
                if (count++ == most) {
                    more = true;
                    break;
                }
                last = found.getKey();
                Stored stored = found.getValue();
                entry(entries, last, stored.etag, stored.bytes.length, stored.modified);
            }
        }
        xml(
                out,
                "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>" + request.bucket()
                        + "</Name><Prefix>" + prefix + "</Prefix><Marker>" + after + "</Marker><MaxKeys>" + most
                        + "</MaxKeys><IsTruncated>" + more + "</IsTruncated>"
                        + (more
                                ? "<NextMarker>" + last + "</NextMarker><NextContinuationToken>" + last
                                        + "</NextContinuationToken>"
                                : "")
                        + entries + "</ListBucketResult>");
    }

    /** The first listed key strictly after a text that need not be a key. */
    private int firstAfter(String after) {
        int low = 0;
        int high = listedKeys.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (listedKey(listedKeys[middle]).compareTo(after) > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private static void entry(StringBuilder entries, String key, String etag, int length, Instant modified) {
        entries.append("<Contents><Key>")
                .append(key)
                .append("</Key><LastModified>")
                .append(modified)
                .append("</LastModified><ETag>&quot;")
                .append(etag)
                .append("&quot;</ETag><Size>")
                .append(length)
                .append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
    }

    private static void error(OutputStream out, Request request, int status, String code) throws IOException {
        byte[] body =
                ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>").getBytes(StandardCharsets.US_ASCII);
        if (request.method.equals("HEAD")) {
            head(out, status, "", 0);
        } else {
            send(out, status, "Content-Type: application/xml\r\n", body);
        }
    }

    private static void xml(OutputStream out, String text) throws IOException {
        send(
                out,
                200,
                "Content-Type: application/xml\r\n",
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + text).getBytes(StandardCharsets.UTF_8));
    }

    private static void head(OutputStream out, int status, String headers, int length) throws IOException {
        out.write(start(status, headers, length));
    }

    private static void send(OutputStream out, int status, String headers, byte[] body) throws IOException {
        byte[] start = start(status, headers, body.length);
        byte[] whole = Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        out.write(whole);
    }

    private static byte[] start(int status, String headers, int length) {
        return ("HTTP/1.1 " + status + " X\r\nx-amz-request-id: 1\r\n" + headers + "Content-Length: " + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
