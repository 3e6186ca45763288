package org.cchq.migrate.environment;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.Problems;

/** What is doubtful or worth knowing in doctypes.yml. Its errors are told by {@link DoctypeFile}. */
final class DoctypeChecks {
    /** HQ's view all_docs/by_doc_type emits nothing for these, nor for their -Deleted forms. */
    private static final Set<String> NOT_IN_THE_VIEW = Set.of(
            "CommCareCase",
            "XFormInstance",
            "XFormError",
            "XFormDuplicate",
            "XFormDeprecated",
            "XFormArchived",
            "SubmissionErrorLog",
            "MessageLog",
            "CallLog",
            "SMSLog",
            "EventLog");

    private final Environment environment;
    private final Remarks remarks;

    DoctypeChecks(Environment environment, Remarks remarks) {
        this.environment = environment;
        this.remarks = remarks;
    }

    void run() {
        Problems told = new Problems();
        Set<String> aliases = environment.variables().map("couch_dbs", told).keys();
        for (DoctypeFile.Entry entry : DoctypeFile.read(environment.files(), told)) {
            for (String alias : List.of(entry.source(), entry.target())) {
                alias(entry, alias, aliases);
            }
            Set<String> unseen = new TreeSet<>(entry.types());
            unseen.retainAll(NOT_IN_THE_VIEW);
            if (!unseen.isEmpty()) {
                remarks.note(
                        entry.place(),
                        "'" + entry.slug() + "': HQ's view by_doc_type leaves " + String.join(", ", unseen)
                                + " out: they are found by reading the whole feed of changes, which takes longer");
            }
        }
    }

    private void alias(DoctypeFile.Entry entry, String alias, Set<String> aliases) {
        if (!alias.isEmpty()
                && !aliases.contains(alias)
                && NearestName.of(alias, aliases).isPresent()) {
            remarks.warn(
                    entry.place(),
                    "'" + entry.slug() + "': couch_dbs has no alias '" + alias + "', so it is MAIN__" + alias
                            + " on the main server" + NearestName.hint(alias, aliases));
        }
    }
}
