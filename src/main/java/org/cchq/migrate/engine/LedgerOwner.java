package org.cchq.migrate.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Who runs: shown to whoever comes second. */
public record LedgerOwner(String user, String host, long pid) {
    /** This process. */
    public static LedgerOwner current() {
        return new LedgerOwner(
                System.getProperty("user.name", "unknown"),
                hostName(),
                ProcessHandle.current().pid());
    }

    @Override
    public String toString() {
        return user + " on " + host + ", process " + pid;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown host";
        }
    }
}
