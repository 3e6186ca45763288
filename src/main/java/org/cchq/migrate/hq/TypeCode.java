package org.cchq.migrate.hq;

import java.util.Optional;

/**
 * HQ's blob type codes: what a blob is, and which CouchDB document it belongs to. Codes are never used twice.
 */
public enum TypeCode {
    DEFAULT(0, "_default"),
    TEMPFILE(1, "tempfile"),
    FORM_XML(2, "form_xml", "XFormInstance", ""),
    FORM_ATTACHMENT(3, "form_attachment", "XFormInstance", ""),
    DOMAIN(4, "domain"),
    APPLICATION(5, "application", "Application", "apps"),
    MULTIMEDIA(6, "multimedia", "CommCareMultimedia", ""),
    COMMCAREBUILD(7, "commcarebuild"),
    DATA_IMPORT(8, "data_import"),
    DATA_EXPORT(9, "data_export", "CaseExportInstance", "meta"),
    BASIC_EXPORT(10, "basic_export"),
    INVOICE(11, "invoice", "InvoicePdf", ""),
    RESTORE(12, "restore"),
    FIXTURE(13, "fixture"),
    DEMO_USER_RESTORE(14, "demo_user_restore"),
    DATA_FILE(15, "data_file"),
    FORM_MULTIMEDIA(16, "form_multimedia"),
    EMAIL_MULTIMEDIA(17, "email_multimedia");

    private final int code;
    private final String label;
    /** "" where the parent is not looked up. */
    private final String documentClass;

    private final String databaseSuffix;

    TypeCode(int code, String label) {
        this(code, label, "", "");
    }

    TypeCode(int code, String label, String documentClass, String databaseSuffix) {
        this.code = code;
        this.label = label;
        this.documentClass = documentClass;
        this.databaseSuffix = databaseSuffix;
    }

    /**
     * The documents that {@code check_blob_logs} looks into.
     *
     * @param documentClass HQ's class, the title of the group in the output
     * @param databaseSuffix the alias of the CouchDB database, and what is put after {@code <main>__} where there is no
     *     such alias; "" for the main database
     */
    public record CouchParent(String documentClass, String databaseSuffix) {}

    /** The number in {@code blobs_blobmeta.type_code}. */
    public int code() {
        return code;
    }

    /** HQ's name of the code. */
    public String label() {
        return label;
    }

    /** Present for the codes whose parent {@code check_blob_logs} looks up in CouchDB. */
    public Optional<CouchParent> couchParent() {
        return documentClass.isEmpty() ? Optional.empty() : Optional.of(new CouchParent(documentClass, databaseSuffix));
    }

    public static Optional<TypeCode> of(long code) {
        return code >= 0 && code < values().length ? Optional.of(values()[(int) code]) : Optional.empty();
    }

    /** The title of the code's group in the output of {@code check_blob_logs}; {@code type_code <n>} if unknown. */
    public static String groupName(long code) {
        return of(code).map(known ->
                        known.couchParent().map(CouchParent::documentClass).orElse(known.label))
                .orElse("type_code " + code);
    }
}
