package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.NearestName;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;

/** {@code run blobs PHASE}: starts a phase of the agent, or takes it up where it was left. */
final class RunCommand implements Command {
    /** Handed to the agent as they are. */
    private static final List<Option> AGENT_OPTIONS = List.of(
            valued(
                    "log-dir",
                    "DIR",
                    "directory on the host for log, summary and ledger; default <encrypted_root>/blobdb-migration-logs"),
            valued("chunk-size", "N", "rows a page, the unit of progress and checkpoint; default 1000"),
            valued("num-workers", "N", "blobs in flight; default 15"),
            valued(
                    "date-range",
                    "RANGE",
                    "YYYYMMDD-YYYYMMDD, inclusive days of created_on in UTC; either side may be empty"),
            valued("settle", "SECONDS", "how long after a chunk its rows are looked up again for deletions"),
            valued("listing", "WHEN", "list the target first: auto, always, never"),
            valued("part-size", "MIB", "part size of multipart uploads; must fit the proxy's body limit"),
            flag("process_day_by_day", "one run for each day of the date range"),
            flag("keep-orphans", "list blobs whose row was deleted meanwhile, in place of removing them"),
            flag("reset", "forget the state of earlier runs in the log directory"),
            flag("migrate", "check-logs only: copy what is found only in the old store"));

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String arguments() {
        return "blobs back-fill|check|check-logs [FILE...] [options]";
    }

    @Override
    public String summary() {
        return "Starts a phase of the agent on the host, or resumes it, and follows it to its end.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        AGENT_OPTIONS.forEach(options::addOption);
        options.addOption(valued("server", "HOST", "host to run on; default django_manage[0]"));
        options.addOption(flag("detach", "return once the agent has begun, and print the id of its job"));
        options.addOption(flag("json", "one JSON object as the result"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException, EndpointException, InterruptedException {
        List<String> words = line.getArgList();
        if (words.size() < 2 || !words.get(0).equals(BlobPhase.MIGRATION)) {
            throw new UsageException("run: expected 'run blobs PHASE'; phases are " + BlobPhase.words());
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
                .start(phase, agentArguments(phase, line, host, files), show, line.hasOption("detach"), false);
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
            if (logs ? !List.of("migrate", "num-workers").contains(name) : name.equals("migrate")) {
                throw new UsageException("run blobs " + phase.word() + ": --" + name + " has no meaning here");
            }
            arguments.add(option.hasArg() ? "--" + name + "=" + line.getOptionValue(name) : "--" + name);
        }
        if (!logs) {
            addDefault(arguments, line, "log-dir", LogDirectory.usual(host));
            addDefault(arguments, line, "chunk-size", "1000");
            addDefault(arguments, line, "num-workers", "15");
        }
        arguments.addAll(files);
        return arguments;
    }

    private static void addDefault(List<String> arguments, CommandLine line, String name, String value) {
        if (!line.hasOption(name)) {
            arguments.add("--" + name + "=" + value);
        }
    }
}
