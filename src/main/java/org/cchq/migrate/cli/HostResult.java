package org.cchq.migrate.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.RemoteShell;
import org.cchq.migrate.ssh.SshConnection;
import org.jspecify.annotations.Nullable;

/**
 * A shell command on one host, as Ansible's ad-hoc mode tells it.
 *
 * @param exit 0, 2 for a failed command, 4 for a host that did not answer
 */
record HostResult(String text, int exit) {
    private static final int FAILED = 2;
    private static final int UNREACHABLE = 4;

    /** @param become the user to become; "" for the login user */
    static HostResult of(Site site, TargetHost host, String become, String command)
            throws UserException, InterruptedException {
        SshConnection connection;
        try {
            connection = site.connect(host);
        } catch (EndpointException e) {
            return new HostResult(told(host, "UNREACHABLE!", e, true), UNREACHABLE);
        }
        try (connection) {
            RemoteShell shell = become.isEmpty() ? RemoteShell.asLoginUser(connection) : site.shell(connection, become);
            return of(host.name(), shell.run(command));
        } catch (EndpointException e) {
            return e.retryable()
                    ? new HostResult(told(host, "UNREACHABLE!", e, true), UNREACHABLE)
                    : new HostResult(told(host, "FAILED!", e, false), FAILED);
        }
    }

    static HostResult of(String host, CommandOutput output) {
        int code = output.exit().code();
        String text = host + " | " + (output.ok() ? "CHANGED" : "FAILED") + " | rc=" + code + " >>\n" + output.stdout()
                + output.stderr() + (output.ok() ? "" : "non-zero return code");
        return new HostResult(text.stripTrailing(), output.ok() ? 0 : FAILED);
    }

    private static String told(TargetHost host, String word, EndpointException why, boolean unreachable) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("changed", false);
        fields.put("msg", why.getMessage());
        if (unreachable) {
            fields.put("unreachable", true);
        }
        return host.name() + " | " + word + " => " + Json.writePretty(fields);
    }
}
