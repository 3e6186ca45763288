package org.cchq.migrate.testing.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Bytes of blobs: each different, sizes as on a real site (mostly small), and all the sizes where clients change course. */
final class BlobContents {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /** 64 MiB, the edges of boto3's 8 MiB parts and of nginx's 9 MiB body limit, and a few others. */
    static final List<Integer> EDGES = List.of(
            64 * MIB,
            32 * MIB,
            16 * MIB,
            9 * MIB + 1,
            9 * MIB,
            8 * MIB + 1,
            8 * MIB,
            8 * MIB - 1,
            5 * MIB,
            5 * MIB + 1,
            MIB,
            1,
            0);

    private final Random random;

    BlobContents(Random random) {
        this.random = random;
    }

    int size() {
        int dice = random.nextInt(1000);
        if (dice < 20) {
            return 0;
        }
        if (dice < 650) {
            return 1 + random.nextInt(4 * KIB);
        }
        if (dice < 950) {
            return 4 * KIB + random.nextInt(12 * KIB);
        }
        if (dice < 995) {
            return 16 * KIB + random.nextInt(48 * KIB);
        }
        return 64 * KIB + random.nextInt(192 * KIB);
    }

    byte[] binary(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    byte[] formXml(String formId) {
        StringBuilder xml = new StringBuilder("<?xml version='1.0' ?><data uiVersion=\"1\" name=\"Visit\">");
        for (int i = random.nextInt(60); i >= 0; i--) {
            xml.append("<q")
                    .append(i)
                    .append('>')
                    .append(random.nextLong())
                    .append("</q")
                    .append(i)
                    .append('>');
        }
        xml.append("<meta><instanceID>").append(formId).append("</instanceID></meta></data>");
        return xml.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** As HQ compresses form XML. */
    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }
}
