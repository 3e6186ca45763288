package org.cchq.migrate.testing.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * S3 as HQ speaks it: path style, signed by version 2 or 4, single PUT below 8 MiB and parts of 8 MiB from there on, no object
 * metadata. Made of the JDK's HTTP client only and shares no code with the product, whose work it judges.
 * Threads may share it.
 */
final class PlainS3 {
    private static final int PART = 8 << 20;
    private static final byte[] NONE = new byte[0];

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI endpoint;
    private final String accessKey;
    private final String secretKey;
    private final String bucket;
    private final S3Signature signature;
    private final int tries;
    private final LongAdder retries = new LongAdder();

    /** Signs by version 2 and tries once. */
    PlainS3(URI endpoint, String accessKey, String secretKey, String bucket) {
        this(endpoint, accessKey, secretKey, bucket, S3Signature.V2, 1);
    }

    /** @param tries how often a request is sent in all, where the connection breaks or a server answers 500 to 504 */
    PlainS3(URI endpoint, String accessKey, String secretKey, String bucket, S3Signature signature, int tries) {
        this.endpoint = endpoint;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.bucket = bucket;
        this.signature = signature;
        this.tries = tries;
    }

    /** Requests that were sent again. */
    long retries() {
        return retries.sum();
    }

    /** Any answer but the expected ones. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** Writes one object, replacing what is there. */
    void put(String key, byte[] content) throws IOException, InterruptedException {
        if (content.length < PART) {
            expect(200, send("PUT", key, "", content), "PUT " + key);
            return;
        }
        String created = expect(200, send("POST", key, "uploads", NONE), "POST uploads " + key);
        String upload = text(document(created).getDocumentElement(), "UploadId");
        StringBuilder parts = new StringBuilder("<CompleteMultipartUpload>");
        int number = 0;
        for (int from = 0; from < content.length; from += PART) {
            number++;
            byte[] part = Arrays.copyOfRange(content, from, Math.min(from + PART, content.length));
            HttpResponse<byte[]> answer = send("PUT", key, "partNumber=" + number + "&uploadId=" + upload, part);
            expect(200, answer, "PUT part " + number + " of " + key);
            parts.append("<Part><PartNumber>").append(number).append("</PartNumber><ETag>");
            parts.append(answer.headers().firstValue("etag").orElseThrow()).append("</ETag></Part>");
        }
        parts.append("</CompleteMultipartUpload>");
        expect(
                200,
                send("POST", key, "uploadId=" + upload, parts.toString().getBytes(StandardCharsets.UTF_8)),
                "complete " + key);
    }

    /** The object's bytes; empty when there is none. 403 and all else are errors. */
    Optional<byte[]> get(String key) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send("GET", key, "", NONE);
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        expect(200, answer, "GET " + key);
        return Optional.of(answer.body());
    }

    /** False when there was none. */
    boolean delete(String key) throws IOException, InterruptedException {
        HttpResponse<byte[]> head = send("HEAD", key, "", NONE);
        if (head.statusCode() == 404) {
            return false;
        }
        expect(200, head, "HEAD " + key);
        expect(204, send("DELETE", key, "", NONE), "DELETE " + key);
        return true;
    }

    /** All keys with their sizes in bytes, in the order of the listing. */
    Map<String, Long> list() throws IOException, InterruptedException {
        Map<String, Long> found = new LinkedHashMap<>();
        String marker = "";
        while (true) {
            String query = "encoding-type=url&max-keys=1000" + (marker.isEmpty() ? "" : "&marker=" + encode(marker));
            Element page = document(expect(200, send("GET", "", query, NONE), "list " + bucket))
                    .getDocumentElement();
            NodeList contents = page.getElementsByTagName("Contents");
            for (int i = 0; i < contents.getLength(); i++) {
                Element one = (Element) contents.item(i);
                marker = decode(text(one, "Key"));
                found.put(marker, Long.parseLong(text(one, "Size")));
            }
            if (!text(page, "IsTruncated").equals("true")) {
                return found;
            }
        }
    }

    private HttpResponse<byte[]> send(String method, String key, String query, byte[] body)
            throws IOException, InterruptedException {
        for (int again = 1; again < tries; again++) {
            try {
                HttpResponse<byte[]> answer = sendOnce(method, key, query, body);
                if (answer.statusCode() < 500) {
                    return answer;
                }
            } catch (HttpTimeoutException e) {
                throw e;
            } catch (IOException e) {
                // The connection broke, as one does that nginx closes when it takes other sites.
            }
            retries.increment();
        }
        return sendOnce(method, key, query, body);
    }

    private HttpResponse<byte[]> sendOnce(String method, String key, String query, byte[] body)
            throws IOException, InterruptedException {
        String path = "/" + bucket + (key.isEmpty() ? "/" : "/" + encodePath(key));
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(endpoint + path + (query.isEmpty() ? "" : "?" + query)))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .timeout(Duration.ofMinutes(2));
        signature
                .headers(new S3Signature.Signed(endpoint, method, path, query, body), accessKey, secretKey)
                .forEach(request::header);
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    private String expect(int status, HttpResponse<byte[]> answer, String what) throws Refused {
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        if (answer.statusCode() != status) {
            throw new Refused(what + " on " + endpoint + ": " + answer.statusCode() + " "
                    + body.substring(0, Math.min(200, body.length())));
        }
        return body;
    }

    static String encodePath(String key) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c == '/') {
                encoded.append(c);
            } else {
                encoded.append(unreserved(c) ? Character.toString(c) : "%%%02X".formatted((int) c));
            }
        }
        return encoded.toString();
    }

    private static String encode(String text) {
        return encodePath(text).replace("/", "%2F");
    }

    private static boolean unreserved(char c) {
        return c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == '~');
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String text(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }

    private static Document document(String xml) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("not the XML of S3: " + xml.substring(0, Math.min(200, xml.length())), e);
        }
    }
}
