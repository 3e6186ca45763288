package org.cchq.migrate.kind.metadata;

import org.cchq.migrate.hq.TypeCode;

/** An SQL model of HQ whose rows have a blob each, in the default database. Read by its primary key. */
enum SqlModel {
    CASE_UPLOAD(
            "CaseUploadFileMeta", "case_importer_caseuploadfilemeta", "identifier, length, ''", TypeCode.DATA_IMPORT),
    DEMO_USER(
            "DemoUserRestore",
            "ota_demouserrestore",
            "restore_blob_id, content_length, demo_user_id",
            TypeCode.DEMO_USER_RESTORE),
    ICDS_FILE("IcdsFile", "icds_reports_icdsfile", "blob_id, 0, ''", TypeCode.TEMPFILE);

    private final String modelName;
    private final String table;
    private final String columns;
    private final TypeCode code;

    /** @param columns key, length, and whose it is */
    SqlModel(String modelName, String table, String columns, TypeCode code) {
        this.modelName = modelName;
        this.table = table;
        this.columns = columns;
        this.code = code;
    }

    String modelName() {
        return modelName;
    }

    String table() {
        return table;
    }

    TypeCode code() {
        return code;
    }

    /** The column that holds the key. */
    String keyColumn() {
        return columns.substring(0, columns.indexOf(','));
    }

    /** Rows after an id, ascending. */
    String page() {
        return "SELECT id, " + columns + " FROM " + table + " WHERE id > ? ORDER BY id LIMIT ?";
    }

    /** Rows after an id and up to another one. */
    String between() {
        return "SELECT id, " + columns + " FROM " + table + " WHERE id > ? AND id <= ? ORDER BY id";
    }

    String byIds() {
        return "SELECT id, " + columns + " FROM " + table + " WHERE id = ANY(?) ORDER BY id";
    }
}
