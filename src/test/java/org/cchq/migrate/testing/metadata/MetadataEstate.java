package org.cchq.migrate.testing.metadata;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;

/** Makes documents of every type that has blobs, and rows of the SQL models, with everything that entries come in. */
public final class MetadataEstate {
    private static final int BATCH = 2_000;
    private static final Map<String, List<String>> TYPES = Map.of(
            "",
            List.of(
                    "CommCareBuild",
                    "InvoicePdf",
                    "CommCareAudio",
                    "CommCareImage",
                    "CommCareVideo",
                    "CommCareMultimedia",
                    "XFormInstance",
                    "XFormInstance-Deleted",
                    "XFormArchived",
                    "XFormDeprecated",
                    "XFormDuplicate",
                    "XFormError",
                    "SubmissionErrorLog",
                    "HQSubmission",
                    "CommCareCase",
                    "CommCareCase-deleted",
                    "CommCareCase-Deleted",
                    "CommCareCase-Deleted-Deleted",
                    "SavedBasicExport"),
            "__apps",
            List.of(
                    "Application",
                    "Application-Deleted",
                    "LinkedApplication",
                    "RemoteApp",
                    "RemoteApp-Deleted",
                    "SavedAppBuild"),
            "__domains",
            List.of("Domain"),
            "__meta",
            List.of("CaseExportInstance", "FormExportInstance", "SMSExportInstance"));

    private final CouchServer couch;
    private final String name;
    private final Sql sql;
    private final Random random;
    private final Map<String, List<Object>> waiting = new LinkedHashMap<>();
    private long blobs;

    /** Statements on the default database. */
    public interface Sql {
        void run(String statements) throws Exception;
    }

    /** @param name of the main CouchDB database; all of HQ's are there */
    public MetadataEstate(CouchServer couch, String name, Sql sql, long seed) {
        this.couch = couch;
        this.name = name;
        this.sql = sql;
        this.random = new Random(seed);
    }

    /** Makes so many documents, and a row of the models for each hundred of them; the number of their blobs. */
    public long make(int documents) throws Exception {
        List<Map.Entry<String, String>> types = new ArrayList<>();
        TYPES.keySet().stream()
                .sorted()
                .forEach(part -> TYPES.get(part).forEach(type -> types.add(Map.entry(part, type))));
        for (int number = 0; number < documents; number++) {
            Map.Entry<String, String> type = types.get(number % types.size());
            List<Object> batch = waiting.computeIfAbsent(type.getKey(), part -> new ArrayList<>());
            batch.add(document(type.getValue(), number));
            if (batch.size() == BATCH) {
                store(type.getKey());
            }
        }
        for (String part : List.copyOf(waiting.keySet())) {
            store(part);
        }
        models(Math.max(1, documents / 100));
        return blobs;
    }

    private void store(String part) throws Exception {
        List<Object> batch = waiting.put(part, new ArrayList<>());
        couch.post(name + part, "_bulk_docs", Json.write(Map.of("docs", batch == null ? List.of() : batch)));
    }

    private Map<String, Object> document(String type, int number) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("_id", id(number));
        fields.put("doc_type", type);
        if (number % 17 != 0) {
            fields.put("domain", "domain-" + random.nextInt(50));
        }
        fields.put("name", "name-" + random.nextInt(70));
        fields.put("form", Map.of("meta", Map.of("userID", "u" + random.nextInt(1000)), "note", "n".repeat(120)));
        if (type.equals("InvoicePdf")) {
            fields.put("is_wire", number % 2 == 0);
            fields.put("invoice_id", Integer.toString(random.nextInt(40)));
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        int count = number % 11 == 0 ? 0 : number % 7 == 0 ? 3 : 1;
        for (int entry = 0; entry < count; entry++) {
            entries.put(entry == 0 ? "form.xml" : "pic \u00e9 " + entry + ".jpg", entry(number, entry));
        }
        if (number % 11 != 1) {
            fields.put("external_blobs", entries);
        }
        blobs += number % 11 != 1 ? count : 0;
        return fields;
    }

    private String id(int number) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        return switch (number % 97) {
            case 5 -> "name with spaces " + id;
            case 6 -> "Z" + id;
            case 7 -> "\u00e9" + id;
            default -> id;
        };
    }

    private Map<String, Object> entry(int number, int entry) {
        Map<String, Object> info = new LinkedHashMap<>();
        if ((number + entry) % 3 == 0) {
            info.put("key", Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()));
            info.put("doc_type", "BlobMetaRef");
        } else {
            info.put("id", "form.xml." + Integer.toHexString(random.nextInt()));
            info.put("doc_type", "BlobMeta");
            info.put("digest", "md5-abc==");
        }
        if (number % 5 != 0) {
            info.put("content_type", "text/xml");
            info.put("content_length", random.nextInt(100_000));
        }
        return info;
    }

    private void models(int count) throws Exception {
        sql.run("INSERT INTO accounting_wireinvoice (id, domain) SELECT n, 'wired-' || n FROM generate_series(0, 30) n;"
                + "INSERT INTO case_importer_caseuploadfilemeta (id, identifier, length) SELECT n, 'upload-' || n, n"
                + " FROM generate_series(1, " + count + ") n;"
                + "INSERT INTO case_importer_caseuploadrecord (domain, upload_file_meta_id) SELECT 'updom-' || n % 9, n"
                + " FROM generate_series(1, " + count + ") n WHERE n % 10 <> 0;"
                + "INSERT INTO ota_demouserrestore (demo_user_id, restore_blob_id, content_length)"
                + " SELECT CASE WHEN n % 4 = 0 THEN '' ELSE 'user' || n END, 'restore-' || n, n"
                + " FROM generate_series(1, " + count + ") n;"
                + "CREATE TABLE icds_reports_icdsfile (id serial PRIMARY KEY, blob_id varchar(255) NOT NULL);"
                + "INSERT INTO icds_reports_icdsfile (blob_id) SELECT 'icds-' || n FROM generate_series(1, "
                + count
                + ") n");
        List<Object> users = new ArrayList<>();
        for (int number = 1; number <= count; number += 2) {
            users.add(Map.of("_id", "user" + number, "doc_type", "CommCareUser", "domain", "userdom-" + number % 5));
        }
        couch.post(name + "__users", "_bulk_docs", Json.write(Map.of("docs", users)));
    }
}
