package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.hq.TypeCode;

/**
 * A type of CouchDB documents that have blobs, as HQ's {@code migrate_metadata} lists them.
 *
 * @param name {@code doc_type}
 * @param database part of HQ whose database it lives in; "" for the main one
 * @param code of all its blobs
 * @param domain where the rows' domain comes from
 */
record DocumentType(String name, String database, TypeCode code, Domain domain) {
    /** Where a row's domain comes from. */
    enum Domain {
        /** The document's field {@code domain}. */
        OWN,
        /** The document's field {@code name}: it is the domain. */
        NAME,
        /** {@code <shared>}, always. */
        SHARED,
        /** That of the wire invoice, if it is one's. */
        WIRE_INVOICE
    }

    private static final Map<String, DocumentType> ALL = all();

    static Optional<DocumentType> of(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** Every type, sorted by name. */
    static List<DocumentType> values() {
        return List.copyOf(ALL.values());
    }

    private static Map<String, DocumentType> all() {
        List<DocumentType> types = new ArrayList<>();
        add(types, "apps", TypeCode.APPLICATION, Domain.OWN, "Application", "Application-Deleted");
        add(types, "apps", TypeCode.APPLICATION, Domain.OWN, "LinkedApplication", "RemoteApp", "RemoteApp-Deleted");
        add(types, "apps", TypeCode.APPLICATION, Domain.OWN, "SavedAppBuild");
        add(types, "domains", TypeCode.DOMAIN, Domain.NAME, "Domain");
        add(types, "", TypeCode.COMMCAREBUILD, Domain.SHARED, "CommCareBuild");
        add(types, "", TypeCode.MULTIMEDIA, Domain.SHARED, "CommCareAudio", "CommCareImage", "CommCareMultimedia");
        add(types, "", TypeCode.MULTIMEDIA, Domain.SHARED, "CommCareVideo");
        add(types, "", TypeCode.INVOICE, Domain.WIRE_INVOICE, "InvoicePdf");
        add(types, "", TypeCode.FORM_XML, Domain.OWN, "XFormInstance", "XFormInstance-Deleted", "XFormArchived");
        add(types, "", TypeCode.FORM_XML, Domain.OWN, "XFormDeprecated", "XFormDuplicate", "XFormError");
        add(types, "", TypeCode.FORM_XML, Domain.OWN, "SubmissionErrorLog", "HQSubmission");
        add(types, "", TypeCode.DEFAULT, Domain.OWN, "CommCareCase", "CommCareCase-deleted", "CommCareCase-Deleted");
        add(types, "", TypeCode.DEFAULT, Domain.OWN, "CommCareCase-Deleted-Deleted");
        add(types, "", TypeCode.BASIC_EXPORT, Domain.OWN, "SavedBasicExport");
        add(types, "meta", TypeCode.DATA_EXPORT, Domain.OWN, "CaseExportInstance", "FormExportInstance");
        add(types, "meta", TypeCode.DATA_EXPORT, Domain.OWN, "SMSExportInstance");
        Map<String, DocumentType> byName = new LinkedHashMap<>();
        types.stream()
                .sorted(java.util.Comparator.comparing(DocumentType::name))
                .forEach(type -> byName.put(type.name(), type));
        return Collections.unmodifiableMap(byName);
    }

    private static void add(List<DocumentType> types, String database, TypeCode code, Domain domain, String... names) {
        for (String name : names) {
            types.add(new DocumentType(name, database, code, domain));
        }
    }
}
