package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.push.Artifact;
import org.cchq.migrate.push.RuntimeImage;

/** {@code agent-files}: what is pushed to hosts, for whoever pushes it otherwise (Ansible does). */
final class AgentFilesCommand implements Command {
    @Override
    public String name() {
        return "agent-files";
    }

    @Override
    public String arguments() {
        return "[options]";
    }

    @Override
    public String summary() {
        return "The files on this machine that are pushed to hosts, with their checksums; for Ansible.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(flag("runtime", "the runtime image as well, made if it is not there"));
        options.addOption(flag("json", "one JSON object"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException("agent-files: too many words: " + String.join(" ", line.getArgList()));
        }
        Map<String, Object> files = new LinkedHashMap<>();
        files.put("agent", entry(site.workplace().agentJar()));
        if (line.hasOption("runtime")) {
            files.put("runtime", entry(RuntimeImage.of(site.workplace().cacheDirectory())));
        }
        if (line.hasOption("json")) {
            site.console().result(Json.write(files));
        } else {
            files.forEach((name, entry) -> site.console().result(name + ": " + entry));
        }
        return ExitCode.SUCCESS.code();
    }

    private static Map<String, Object> entry(Artifact artifact) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", artifact.file().toAbsolutePath().toString());
        entry.put("sha256", artifact.sha256());
        entry.put("bytes", artifact.bytes());
        return entry;
    }
}
