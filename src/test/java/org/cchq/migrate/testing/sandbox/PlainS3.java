package org.cchq.migrate.testing.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * S3 as HQ speaks it to Riak CS: path style, signature version 2, single PUT below 8 MiB and parts of 8 MiB from there
 * on, no object metadata. Made of the JDK's HTTP client only and shares no code with the product, whose work it judges.
 * Threads may share it.
 */
final class PlainS3 {
    private static final int PART = 8 << 20;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI endpoint;
    private final String accessKey;
    private final SecretKeySpec secretKey;
    private final String bucket;

    PlainS3(URI endpoint, String accessKey, String secretKey, String bucket) {
        this.endpoint = endpoint;
        this.accessKey = accessKey;
        this.secretKey = new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), "HmacSHA1");
        this.bucket = bucket;
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
            expect(200, send("PUT", key, "", BodyPublishers.ofByteArray(content)), "PUT " + key);
            return;
        }
        String created = expect(200, send("POST", key, "uploads", BodyPublishers.noBody()), "POST uploads " + key);
        String upload = text(document(created).getDocumentElement(), "UploadId");
        StringBuilder parts = new StringBuilder("<CompleteMultipartUpload>");
        int number = 0;
        for (int from = 0; from < content.length; from += PART) {
            number++;
            BodyPublisher part = BodyPublishers.ofByteArray(content, from, Math.min(PART, content.length - from));
            HttpResponse<byte[]> answer = send("PUT", key, "partNumber=" + number + "&uploadId=" + upload, part);
            expect(200, answer, "PUT part " + number + " of " + key);
            parts.append("<Part><PartNumber>").append(number).append("</PartNumber><ETag>");
            parts.append(answer.headers().firstValue("etag").orElseThrow()).append("</ETag></Part>");
        }
        parts.append("</CompleteMultipartUpload>");
        expect(
                200,
                send("POST", key, "uploadId=" + upload, BodyPublishers.ofString(parts.toString())),
                "complete " + key);
    }

    /** The object's bytes; empty when there is none. 403 and all else are errors. */
    Optional<byte[]> get(String key) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send("GET", key, "", BodyPublishers.noBody());
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        expect(200, answer, "GET " + key);
        return Optional.of(answer.body());
    }

    /** False when there was none. */
    boolean delete(String key) throws IOException, InterruptedException {
        HttpResponse<byte[]> head = send("HEAD", key, "", BodyPublishers.noBody());
        if (head.statusCode() == 404) {
            return false;
        }
        expect(200, head, "HEAD " + key);
        expect(204, send("DELETE", key, "", BodyPublishers.noBody()), "DELETE " + key);
        return true;
    }

    /** All keys with their sizes in bytes, in the order of the listing. */
    Map<String, Long> list() throws IOException, InterruptedException {
        Map<String, Long> found = new LinkedHashMap<>();
        String marker = "";
        while (true) {
            String query = "encoding-type=url&max-keys=1000" + (marker.isEmpty() ? "" : "&marker=" + encode(marker));
            Element page = document(expect(200, send("GET", "", query, BodyPublishers.noBody()), "list " + bucket))
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

    private HttpResponse<byte[]> send(String method, String key, String query, BodyPublisher body)
            throws IOException, InterruptedException {
        String path = "/" + bucket + (key.isEmpty() ? "/" : "/" + encodePath(key));
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        String signed = method + "\n\n\n\nx-amz-date:" + date + "\n" + path + subresource(query);
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + path + (query.isEmpty() ? "" : "?" + query)))
                .method(method, body)
                .timeout(Duration.ofMinutes(2))
                .header("x-amz-date", date)
                .header("Authorization", "AWS " + accessKey + ":" + sign(signed))
                .build();
        return http.send(request, BodyHandlers.ofByteArray());
    }

    /** The part of a query that signature version 2 covers. */
    private static String subresource(String query) {
        return query.startsWith("upload") || query.startsWith("partNumber") ? "?" + query : "";
    }

    private String sign(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(secretKey);
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
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
