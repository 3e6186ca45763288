package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.migration.AgentOption;

/** {@code run metadata PHASE}. */
final class MetadataStart {
    /** Handed to the agent as they are. */
    static final List<Option> AGENT_OPTIONS =
            List.of(flag("with-store", "metadata, verify and repair: also ask the store for every blob"));

    private static final String LOG_DIR = AgentOption.LOG_DIR.word();
    private static final String CHUNK_SIZE = AgentOption.CHUNK_SIZE.word();
    private static final List<String> OWN = List.of("server", "detach", "json");

    private final Site site;

    MetadataStart(Site site) {
        this.site = site;
    }

    int run(CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        MetadataPhase phase = MetadataPhase.of(words.get(1))
                .orElseThrow(() -> new UsageException("run metadata: unknown phase '" + words.get(1) + "'"
                        + NearestName.hint(words.get(1), MetadataPhase.words())));
        String use = "run metadata " + phase.word();
        if (words.size() > 2) {
            throw new UsageException(use + ": too many words: " + String.join(" ", words.subList(2, words.size())));
        }
        TargetHost host = site.manageHost(Optional.ofNullable(line.getOptionValue("server")));
        Phase started = phase.with(options(phase, line, use, host));
        FollowView.Show show = line.hasOption("json")
                ? FollowView.Show.JSON
                : phase == MetadataPhase.FORM_ATTACHMENTS ? FollowView.Show.OUTPUT : FollowView.Show.SUMMARY;
        return new AgentRun(site, host).start(started, started.command(), show, line.hasOption("detach"), false);
    }

    private static List<String> options(MetadataPhase phase, CommandLine line, String use, TargetHost host)
            throws UsageException {
        if (phase == MetadataPhase.FORM_ATTACHMENTS) {
            Arguments.only(line, use, OWN);
            return List.of("--yes");
        }
        List<String> known = new ArrayList<>(OWN);
        known.add(LOG_DIR);
        if (phase != MetadataPhase.BACK) {
            known.add(CHUNK_SIZE);
        }
        if (phase == MetadataPhase.MIGRATE) {
            known.add(AgentOption.RESET.word());
        }
        if (phase == MetadataPhase.VERIFY || phase == MetadataPhase.REPAIR) {
            AGENT_OPTIONS.forEach(option -> known.add(option.getLongOpt()));
        }
        Arguments.only(line, use, known);
        List<String> words = new ArrayList<>(List.of("--" + LOG_DIR + "=" + logs(line, host)));
        if (phase != MetadataPhase.BACK) {
            words.add("--" + CHUNK_SIZE + "=" + line.getOptionValue(CHUNK_SIZE, "1000"));
        }
        for (String name : known) {
            if (!OWN.contains(name) && line.hasOption(name) && line.getOptionValue(name) == null) {
                words.add("--" + name);
            }
        }
        return words;
    }

    private static String logs(CommandLine line, TargetHost host) {
        return line.getOptionValue(LOG_DIR, LogDirectory.ofMetadata(host));
    }
}
