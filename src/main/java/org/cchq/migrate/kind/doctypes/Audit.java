package org.cchq.migrate.kind.doctypes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.doctypes.CheckoutFinding.Standing;
import org.cchq.migrate.store.document.DocumentDatabase;
import org.cchq.migrate.store.document.DocumentDatabase.Document;

/**
 * Which design documents of the source have to do with the types of a migration, and which database needs them: by their
 * texts first, then by what their views do with samples in a scratch database. Where the two contradict each other, the
 * samples are believed. Changes neither source nor target.
 */
public final class Audit {
    /** How many documents of each type are tried. */
    public static final int DEFAULT_SAMPLES = 25;

    /** {@code --stats} counts by it, in both databases. */
    public static final Set<String> ALWAYS_NEEDED = Set.of("all_docs");

    /** Design documents under this end are about to replace others: preindexing makes them. */
    static final String BEING_BUILT = "-tmp";

    private final DoctypeEnds ends;
    private final PatientRequest requests;

    public Audit(DoctypeEnds ends, PatientRequest requests) {
        this.ends = ends;
        this.requests = requests;
    }

    /** The name of the scratch database of a migrator, on the source's server. */
    public static String scratchName(Migrator migrator) {
        return "cchq-migrate-scratch-audit-" + migrator.slug().toLowerCase(Locale.ROOT);
    }

    /** By the texts alone. */
    public AuditReport read() throws UserException, EndpointException, InterruptedException {
        return report(designs(), Optional.empty(), List.of());
    }

    /**
     * By the texts, and by running the views.
     *
     * @param scratch does not exist yet; is made and dropped
     * @param samples of each type
     */
    public AuditReport run(DocumentDatabase scratch, int samples)
            throws UserException, EndpointException, InterruptedException {
        List<Document> designs = designs();
        Samples taken = Samples.take(ends.source(), ends.migrator(), samples, requests);
        List<String> notes = new ArrayList<>();
        try {
            ScratchRun.Result result = new ScratchRun(scratch, requests).run(taken, designs);
            if (result.notStored() > 0) {
                notes.add(result.notStored() + " samples were refused by the scratch database and not run.");
            }
            return report(designs, Optional.of(new Behaviour(taken, result)), notes);
        } catch (EndpointException e) {
            if (e.retryable()) {
                throw e;
            }
            notes.add("Nothing was run, the texts alone count: " + e.getMessage());
            return report(designs, Optional.empty(), notes);
        }
    }

    /** The same report with what a checkout has besides. */
    public AuditReport withCheckout(AuditReport report, Path checkout) throws UserException {
        Map<String, DesignFunction> inDatabase = new LinkedHashMap<>();
        report.designs()
                .forEach(design -> design.functions().forEach(finding -> {
                    inDatabase.put(CheckoutFinding.key(finding.function()), finding.function());
                }));
        List<CheckoutFunctions.InFile> files = CheckoutFunctions.read(checkout);
        List<CheckoutFinding> findings = files.stream()
                .map(file -> CheckoutFinding.of(file, inDatabase, ends.migrator()))
                .toList();
        List<CheckoutFinding> telling = findings.stream()
                .filter(finding -> finding.standing() != Standing.SAME)
                .filter(finding -> finding.text().concern() != Concern.NONE)
                .toList();
        List<String> notes = new ArrayList<>(report.notes());
        notes.add("Checkout: " + files.size() + " functions, "
                + findings.stream().filter(f -> f.standing() == Standing.SAME).count() + " of them in the database.");
        return new AuditReport(
                report.migrator(),
                report.source(),
                report.target(),
                report.samples(),
                report.otherSamples(),
                notes,
                report.designs(),
                telling);
    }

    /** What was run, on what. */
    private record Behaviour(Samples samples, ScratchRun.Result result) {}

    private List<Document> designs() throws UserException, EndpointException, InterruptedException {
        if (!requests.send(ends.source()::exists)) {
            throw new UserException("the source " + ends.source().endpoint() + " does not exist; COUCH_DATABASES in"
                    + " HQ's settings says where it is");
        }
        return requests.send(ends.source()::designs).stream()
                .filter(design -> !DesignFunction.nameOf(design).endsWith(BEING_BUILT))
                .sorted(Comparator.comparing(Document::id))
                .toList();
    }

    private AuditReport report(List<Document> designs, Optional<Behaviour> behaviour, List<String> notes) {
        List<DesignFinding> findings = designs.stream()
                .map(design -> new DesignFinding(
                        DesignFunction.nameOf(design),
                        DesignFunction.of(design).stream()
                                .map(function -> finding(function, behaviour))
                                .toList()))
                .toList();
        Map<String, Integer> samples = new LinkedHashMap<>();
        behaviour.ifPresent(run -> run.samples().ofType().forEach((type, documents) -> {
            samples.put(type, documents.size());
        }));
        return new AuditReport(
                ends.migrator(),
                ends.source().endpoint(),
                ends.target().endpoint(),
                samples,
                behaviour.map(run -> run.samples().others().size()).orElse(0),
                notes,
                findings,
                List.of());
    }

    private FunctionFinding finding(DesignFunction function, Optional<Behaviour> behaviour) {
        TextReading text = TextReading.of(function, ends.migrator());
        Optional<SeenRows> rows = behaviour.flatMap(run -> run.result().of(function));
        return FunctionFinding.of(
                function, text, rows, behaviour.map(run -> run.samples().ours()).orElse(0));
    }
}
