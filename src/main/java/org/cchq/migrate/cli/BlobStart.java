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
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.migration.AgentOption;

/** {@code run blobs PHASE}. */
final class BlobStart {
    private static final String CHUNK_SIZE = "1000";
    private static final String NUM_WORKERS = "15";

    /** Handed to the agent as they are. */
    static final List<Option> AGENT_OPTIONS = List.of(
            handedOn(AgentOption.LOG_DIR, "on the host; default <encrypted_root>/blobdb-migration-logs"),
            handedOn(AgentOption.CHUNK_SIZE, CHUNK_SIZE),
            handedOn(AgentOption.NUM_WORKERS, NUM_WORKERS + "; document types: requests at once to each database, 4"),
            handedOn(AgentOption.DATE_RANGE),
            handedOn(AgentOption.SETTLE),
            handedOn(AgentOption.LISTING),
            handedOn(AgentOption.PART_SIZE),
            handedOn(AgentOption.PROCESS_DAY_BY_DAY),
            handedOn(AgentOption.KEEP_ORPHANS),
            handedOn(AgentOption.RESET),
            handedOn(AgentOption.REPORT_ONLY, "verify only"),
            handedOn(AgentOption.READ, "verify only"),
            handedOn(AgentOption.MIGRATE, "check-logs only"));

    private final Site site;

    BlobStart(Site site) {
        this.site = site;
    }

    int run(CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        for (List<Option> others : List.of(DoctypeStart.AGENT_OPTIONS, MetadataStart.AGENT_OPTIONS)) {
            for (Option option : others) {
                if (line.hasOption(option.getLongOpt())) {
                    throw new UsageException("run blobs: --" + option.getLongOpt() + " has no meaning here");
                }
            }
        }
        BlobPhase phase = BlobPhase.of(words.get(1))
                .orElseThrow(() -> new UsageException("run blobs: unknown phase '" + words.get(1) + "'"
                        + NearestName.hint(words.get(1), BlobPhase.words())));
        List<String> files = words.subList(2, words.size());
        if (files.isEmpty() == (phase == BlobPhase.CHECK_LOGS)) {
            throw new UsageException(
                    phase == BlobPhase.CHECK_LOGS
                            ? "run blobs check-logs: which log files? The last run's is shown by 'report blobs'"
                            : "run blobs " + phase.word() + ": too many words: " + String.join(" ", files));
        }
        TargetHost host = site.manageHost(Optional.ofNullable(line.getOptionValue("server")));
        FollowView.Show show = line.hasOption("json")
                ? FollowView.Show.JSON
                : phase == BlobPhase.CHECK_LOGS ? FollowView.Show.OUTPUT : FollowView.Show.SUMMARY;
        return new AgentRun(site, host)
                .start(phase.phase(), agentArguments(phase, line, host, files), show, line.hasOption("detach"), false);
    }

    private static List<String> agentArguments(BlobPhase phase, CommandLine line, TargetHost host, List<String> files)
            throws UsageException {
        List<String> arguments = new ArrayList<>(phase.command());
        boolean logs = phase == BlobPhase.CHECK_LOGS;
        for (Option option : AGENT_OPTIONS) {
            String name = option.getLongOpt();
            if (!line.hasOption(name)) {
                continue;
            }
            if (!hasMeaning(phase, name)) {
                throw new UsageException("run blobs " + phase.word() + ": --" + name + " has no meaning here");
            }
            arguments.add(option.hasArg() ? "--" + name + "=" + line.getOptionValue(name) : "--" + name);
        }
        if (!logs) {
            addDefault(arguments, line, AgentOption.LOG_DIR, LogDirectory.usual(host));
            addDefault(arguments, line, AgentOption.CHUNK_SIZE, CHUNK_SIZE);
            addDefault(arguments, line, AgentOption.NUM_WORKERS, NUM_WORKERS);
        }
        arguments.addAll(files);
        return arguments;
    }

    private static boolean hasMeaning(BlobPhase phase, String option) {
        if (phase == BlobPhase.CHECK_LOGS) {
            return List.of(AgentOption.MIGRATE.word(), AgentOption.NUM_WORKERS.word())
                    .contains(option);
        }
        if (option.equals(AgentOption.REPORT_ONLY.word()) || option.equals(AgentOption.READ.word())) {
            return phase == BlobPhase.VERIFY;
        }
        return option.equals(AgentOption.PROCESS_DAY_BY_DAY.word())
                ? phase.isHqs()
                : !option.equals(AgentOption.MIGRATE.word());
    }

    private static void addDefault(List<String> arguments, CommandLine line, AgentOption option, String value) {
        if (!line.hasOption(option.word())) {
            arguments.add("--" + option.word() + "=" + value);
        }
    }

    private static Option handedOn(AgentOption option) {
        return handedOn(option.word(), option.argument(), option.text());
    }

    private static Option handedOn(AgentOption option, String remark) {
        return handedOn(option.word(), option.argument(), option.text(remark));
    }

    private static Option handedOn(String word, Optional<String> argument, String text) {
        return argument.map(name -> valued(word, name, text)).orElseGet(() -> flag(word, text));
    }
}
