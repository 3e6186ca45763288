package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.SafeId;
import org.cchq.migrate.store.document.DocumentDatabase.Document;
import org.jspecify.annotations.Nullable;

/**
 * The rows that HQ's {@code migrate_metadata} makes of documents, field by field. What {@code external_blobs} says counts;
 * attachments that are in CouchDB still are told and passed over. Thread-safe.
 */
final class DocumentRows {
    /** The fields of a document that it looks at. */
    static final Set<String> FIELDS =
            Set.of("doc_type", "domain", "name", "is_wire", "invoice_id", "external_blobs", "_attachments");

    private static final Pattern HASHED_ID = Pattern.compile("sha1-[0-9a-f]{40}");

    private final String database;
    private final Set<String> types;
    private final WireInvoices invoices;

    /**
     * @param database its name, the beginning of the keys of old entries
     * @param types that live in it
     */
    DocumentRows(String database, Set<String> types, WireInvoices invoices) {
        this.database = database;
        this.types = Set.copyOf(types);
        this.invoices = invoices;
    }

    /** Domains of wire invoices. */
    interface WireInvoices {
        /** Domain by invoice, of those that are there. */
        Map<Long, String> domains(Set<Long> invoices) throws EndpointException, InterruptedException;
    }

    PageRows of(List<Document> documents) throws EndpointException, InterruptedException {
        Map<Long, String> invoiceDomains = invoiceDomains(documents);
        PageRows page = new PageRows();
        for (Document document : documents) {
            page.document(document.id());
            Optional<DocumentType> type =
                    document.docType().filter(types::contains).flatMap(DocumentType::of);
            if (type.isPresent()) {
                add(page, document, type.get(), invoiceDomains);
            }
        }
        return page;
    }

    private Map<Long, String> invoiceDomains(List<Document> documents) throws EndpointException, InterruptedException {
        Set<Long> wanted = new java.util.HashSet<>();
        for (Document document : documents) {
            if (document.docType().filter("InvoicePdf"::equals).isPresent() && types.contains("InvoicePdf")) {
                wireInvoice(document).ifPresent(wanted::add);
            }
        }
        return wanted.isEmpty() ? Map.of() : new HashMap<>(invoices.domains(wanted));
    }

    private static Optional<Long> wireInvoice(Document document) {
        boolean wire = Boolean.TRUE.equals(document.fields().get("is_wire"));
        try {
            return wire
                    ? Optional.of(Long.parseLong(
                            String.valueOf(document.fields().get("invoice_id")).strip()))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void add(PageRows page, Document document, DocumentType type, Map<Long, String> invoiceDomains) {
        Map<?, ?> attachments = document.fields().get("_attachments") instanceof Map<?, ?> stubs ? stubs : Map.of();
        Object blobs = document.fields().get("external_blobs");
        boolean none = blobs == null || (blobs instanceof Map<?, ?> map && map.isEmpty());
        if (none && attachments.isEmpty()) {
            return;
        }
        Optional<String> domain = domain(document, type, invoiceDomains);
        PageRows.Subject subject = new PageRows.Subject(type.name(), document.id(), domain.orElse("None"));
        if (domain.isEmpty()) {
            page.unknownDomain(subject);
        }
        if (!attachments.isEmpty()) {
            page.ignoredAttachments(subject, attachments);
        }
        if (!none) {
            try {
                page.rows(rows(page, document, type, domain.orElse(MetadataRow.UNKNOWN), blobs));
            } catch (UserException e) {
                page.refused(subject, String.valueOf(e.getMessage()));
            }
        }
    }

    private static Optional<String> domain(Document document, DocumentType type, Map<Long, String> invoiceDomains) {
        return switch (type.domain()) {
            case OWN -> text(document.fields().get("domain"));
            case NAME -> text(document.fields().get("name"));
            case SHARED -> Optional.of(MetadataRow.SHARED);
            case WIRE_INVOICE -> wireInvoice(document).map(invoiceDomains::get);
        };
    }

    private List<MetadataRow> rows(
            PageRows page, Document document, DocumentType type, String domain, @Nullable Object blobs)
            throws UserException {
        if (!(blobs instanceof Map<?, ?> entries)) {
            throw new UserException("external_blobs is no object");
        }
        List<MetadataRow> rows = new ArrayList<>();
        List<PageRows.Named> referenced = new ArrayList<>();
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (!(entry.getValue() instanceof Map<?, ?> info)) {
                throw new UserException("external_blobs: '" + name + "' is no object");
            }
            String key = key(info, name, document.id());
            page.named(key);
            if (info.get("blobmeta_id") != null) {
                referenced.add(new PageRows.Named(document.id(), key));
            } else {
                rows.add(new MetadataRow(
                                domain,
                                document.id(),
                                name,
                                key,
                                type.code(),
                                text(info.get("content_type")),
                                length(info.get("content_length"), name))
                        .fitting());
            }
        }
        referenced.forEach(page::referenced);
        return rows;
    }

    /** Newer entries name the key; in older ones it is made of database, document and identifier. */
    private String key(Map<?, ?> info, String name, String id) throws UserException {
        if (info.get("key") instanceof String key && !key.isEmpty()) {
            return key;
        }
        if (!(info.get("id") instanceof String identifier) || identifier.isEmpty()) {
            throw new UserException("external_blobs: '" + name + "' has neither key nor id");
        }
        if (id.startsWith("sha1-") && HASHED_ID.matcher(id).matches()) {
            throw new UserException("the document's id cannot be told from the hash of another one");
        }
        return database + "/" + SafeId.of(id) + "/" + identifier;
    }

    private static long length(@Nullable Object value, String name) throws UserException {
        if (value == null) {
            return 0;
        }
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53) {
            return number.longValue();
        }
        throw new UserException("external_blobs: the content_length of '" + name + "' is no whole number");
    }

    private static Optional<String> text(@Nullable Object value) {
        return value instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }
}
