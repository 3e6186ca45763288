package org.cchq.migrate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;

/** The command line of ssh that logs a person in to a server, as commcare-cloud builds it. */
final class SshLine {
    private SshLine() {}

    /** {@code 10.0.0.1}, {@code 10.0.0.1:2222}. */
    static String address(TargetHost host) {
        return host.address() + (host.port() == 22 ? "" : ":" + host.port());
    }

    /**
     * @param host empty: an address that the inventory does not know
     * @param more what follows: options of ssh, then a command
     */
    static List<String> of(Environment environment, ServerName server, Optional<TargetHost> host, List<String> more) {
        List<String> words = new ArrayList<>(List.of("ssh"));
        words.addAll(environment.sshArguments());
        words.add(server.user().map(user -> user + "@").orElse("")
                + host.map(TargetHost::address).orElse(server.pattern()));
        words.add("-t");
        host.filter(found -> found.port() != 22)
                .ifPresent(found -> words.addAll(List.of("-p", String.valueOf(found.port()))));
        host.flatMap(TargetHost::privateKeyFile).ifPresent(key -> words.addAll(List.of("-i", key.toString())));
        if (isControl(environment, host)) {
            words.add("-A");
        }
        if (environment.knownHostsFile().isPresent()) {
            words.addAll(List.of(
                    "-o",
                    "UserKnownHostsFile=" + environment.knownHostsFile().get().toAbsolutePath()));
        } else if (!environment.strictHostKeyChecking()) {
            words.addAll(List.of("-o", "StrictHostKeyChecking=no"));
        }
        words.addAll(more);
        return words;
    }

    private static boolean isControl(Environment environment, Optional<TargetHost> host) {
        return host.isPresent()
                && environment.inventory().groups().containsKey("control")
                && environment
                        .inventory()
                        .groupHosts("control")
                        .contains(host.get().name());
    }
}
