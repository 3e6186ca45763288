package org.cchq.migrate.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;

/** {@code lookup}: the address of a server, or of each server of a group. */
final class LookupCommand implements Command {
    @Override
    public String name() {
        return "lookup";
    }

    @Override
    public String arguments() {
        return "[[user@]GROUP[INDEX]]";
    }

    @Override
    public String summary() {
        return "Prints the address of a server; of several one a line, with the groups that each is in.";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException {
        List<String> words = line.getArgList();
        if (words.size() > 1) {
            throw new UsageException("lookup: too many words: " + String.join(" ", words.subList(1, words.size())));
        }
        ServerName server = ServerName.parse(words.isEmpty() ? "all" : words.get(0));
        List<TargetHost> hosts = server.hosts(site.environment());
        String user = server.user().map(name -> name + "@").orElse("");
        if (hosts.isEmpty()) {
            site.console()
                    .result(user
                            + server.host(site.environment())
                                    .map(TargetHost::address)
                                    .orElse(server.pattern()));
        } else if (hosts.size() == 1) {
            site.console().result(user + SshLine.address(hosts.get(0)));
        } else {
            hosts.forEach(host -> site.console()
                    .result(user + SshLine.address(host) + " - " + String.join(", ", groups(site, host))));
        }
        return ExitCode.SUCCESS.code();
    }

    private static Set<String> groups(Site site, TargetHost host) {
        Set<String> groups = new TreeSet<>();
        for (Map.Entry<String, ?> group :
                site.environment().inventory().groups().entrySet()) {
            if (!group.getKey().equals("all")
                    && site.environment().inventory().groupHosts(group.getKey()).contains(host.name())) {
                groups.add(group.getKey());
            }
        }
        return groups;
    }
}
