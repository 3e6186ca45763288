package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.AgentOption;

/** {@code run doctype:SLUG PHASE}. */
final class DoctypeStart {
    /** Handed to the agent as they are; it says which phase has no use for them. */
    static final List<Option> AGENT_OPTIONS = List.of(
            valued("conflicts", "WHICH", "document types: all (every live revision of a document is copied) or winner"),
            valued(
                    "retyped",
                    "WHAT",
                    "delete or keep the target's copy of a document that is of none of the types any more"),
            flag("once", "continuous, reverse: end when the end of the changes is reached"),
            valued("checkout", "DIR", "audit: read every map.js below this directory of the host, too"),
            valued("samples", "N", "audit, preindex: documents of each type to run the views on (25)"),
            flag("no-scratch", "audit, preindex: go by the texts alone"),
            flag("replace", "preindex: replace design documents of the target that have another text"),
            valued("wait", "MINUTES", "preindex: how long an index may take to be built (1440)"),
            valued("rate", "N", "cleanup: deletions a second, 0 for no limit (500)"),
            flag("purge", "cleanup: also remove what deletions leave behind, if the server can"),
            flag("compact", "cleanup: afterwards compact the source"),
            valued(
                    CleanupConsent.OPTION,
                    "NAME",
                    "cleanup: the environment's name, where nobody can be asked to type it"));

    private static final List<String> SHARED = List.of(AgentOption.NUM_WORKERS.word(), AgentOption.SETTLE.word());
    private static final List<String> OWN = List.of("server", "detach", "json");

    private final Site site;
    private final String slug;

    DoctypeStart(Site site, String slug) {
        this.site = site;
        this.slug = slug;
    }

    int run(CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        String use = "run " + words.get(0) + " " + words.get(1);
        DoctypePhase phase = DoctypePhase.of(words.get(1))
                .orElseThrow(() -> new UsageException("run " + words.get(0) + ": unknown phase '" + words.get(1) + "'"
                        + NearestName.hint(words.get(1), DoctypePhase.words())));
        if (words.size() > 2) {
            throw new UsageException(use + ": too many words: " + String.join(" ", words.subList(2, words.size())));
        }
        List<String> more = handedOn(line, use);
        DoctypeSite doctypes =
                new DoctypeSite(site, site.manageHost(Optional.ofNullable(line.getOptionValue("server"))), slug);
        Phase started = phase.of(slug, phase == DoctypePhase.CLEANUP ? new CleanupConsent(doctypes).with(more) : more);
        FollowView.Show show = line.hasOption("json")
                ? FollowView.Show.JSON
                : phase.tells() ? FollowView.Show.OUTPUT : FollowView.Show.SUMMARY;
        return new AgentRun(site, doctypes.host())
                .start(started, started.command(), show, line.hasOption("detach"), false);
    }

    private static List<String> handedOn(CommandLine line, String use) throws UsageException {
        List<String> known = new ArrayList<>(SHARED);
        AGENT_OPTIONS.forEach(option -> known.add(option.getLongOpt()));
        List<String> allowed = new ArrayList<>(known);
        allowed.addAll(OWN);
        Arguments.only(line, use, allowed);
        List<String> words = new ArrayList<>();
        for (String name : known) {
            if (line.hasOption(name)) {
                String value = line.getOptionValue(name);
                words.add("--" + name + (value == null ? "" : "=" + value));
            }
        }
        return words;
    }
}
