package org.cchq.migrate.apply;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;

/** The controller's part of a rollout as a process of its own, to be killed: says "going" when it begins to change things. */
final class KillableRollout {
    private KillableRollout() {}

    /** Arguments: the sshd's port, user, key and known_hosts, and the host's directory. */
    public static void main(String[] args) throws Exception {
        SshHosts hosts = new SshHosts(args[1], Optional.empty())
                .with("web0", Integer.parseInt(args[0]), args[1], Path.of(args[2]), Path.of(args[3]));
        Rollout rollout = new Rollout(hosts);
        List<HostDifference> differences = rollout.compare(List.of(wanted(Path.of(args[4]), args[1])));
        System.out.println("going");
        System.out.println(rollout.apply(differences, outcome -> {}));
    }

    /** Two large files, a link, a removal; the check waits as long as there is a file "hold". */
    static HostFiles wanted(Path directory, String user) {
        String hold = "while [ -e " + directory + "/hold ]; do sleep 0.05; done; touch " + directory + "/checked";
        return new HostFiles(
                "web0",
                HostFiles.Purpose.PROXY,
                List.of(
                        new HostFile.Content(directory + "/sites/a", text("new a"), user, "", "0640"),
                        new HostFile.Content(directory + "/sites/b", text("new b"), user, "", "0600"),
                        new HostFile.Link(directory + "/sites/l", "b"),
                        new HostFile.Absent(directory + "/sites/gone")),
                hold,
                "touch " + directory + "/reloaded");
    }

    static Secret text(String word) {
        return new Secret((word + "\n").repeat(20_000));
    }

    static void writeOld(Path directory) throws Exception {
        Path sites = Files.createDirectories(directory.resolve("sites"));
        Files.writeString(sites.resolve("a"), text("old a").reveal());
        Files.writeString(sites.resolve("b"), text("old b").reveal());
        Files.deleteIfExists(sites.resolve("l"));
        Files.createSymbolicLink(sites.resolve("l"), Path.of("a"));
        Files.writeString(sites.resolve("gone"), "x");
        Files.deleteIfExists(directory.resolve("reloaded"));
        Files.deleteIfExists(directory.resolve("checked"));
    }
}
