package org.cchq.migrate.store.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.cchq.migrate.http.HttpResponse;

/**
 * The {@code <Error>} document of an S3 answer. All "" where the answer is something else (a proxy's page, no body).
 *
 * @param region where the bucket really is, where the server tells
 */
record S3Error(String code, String message, String region) {
    static final S3Error NONE = new S3Error("", "", "");

    private static final int MAX_BYTES = 64 * 1024;
    private static final XMLInputFactory XML = XMLInputFactory.newDefaultFactory();

    static {
        XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XML.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    }

    /** Reads the error of an answer that is not a success. */
    static S3Error read(HttpResponse response) throws IOException {
        return parse(response.body().readNBytes(MAX_BYTES));
    }

    static S3Error parse(byte[] document) {
        if (document.length == 0) {
            return NONE;
        }
        Map<String, String> found = new HashMap<>();
        try {
            XMLStreamReader reader = XML.createXMLStreamReader(new ByteArrayInputStream(document));
            int depth = 0;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.END_ELEMENT) {
                    depth--;
                } else if (event == XMLStreamConstants.START_ELEMENT) {
                    String name = reader.getLocalName();
                    if (depth == 0 && !name.equals("Error")) {
                        return NONE;
                    }
                    if (depth == 1 && (name.equals("Code") || name.equals("Message") || name.equals("Region"))) {
                        found.put(name, reader.getElementText().strip());
                    } else {
                        depth++;
                    }
                }
            }
        } catch (XMLStreamException e) {
            // A page of a proxy, or cut short: what was understood is used.
        }
        return new S3Error(
                found.getOrDefault("Code", ""), found.getOrDefault("Message", ""), found.getOrDefault("Region", ""));
    }
}
