package org.cchq.migrate.cli;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;

/**
 * A server as it is named on the command line, as in commcare-cloud: {@code [user@]group[index]}, the old form
 * {@code group:index}, a host, an address that is in no inventory, {@code -} for the first of django_manage.
 *
 * @param user empty: whoever ssh takes
 * @param pattern of Ansible
 */
record ServerName(Optional<String> user, String pattern) {
    private static final Pattern OLD_INDEX = Pattern.compile("([^:\\[]+):(\\d{1,4})");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    static ServerName parse(String word) throws UsageException {
        int at = word.indexOf('@');
        Optional<String> user = at < 0 ? Optional.empty() : Optional.of(word.substring(0, at));
        String server = word.substring(at + 1);
        if (server.isEmpty()
                || user.filter(name -> !name.matches("[A-Za-z_][A-Za-z0-9_.-]*"))
                        .isPresent()) {
            throw new UsageException("expected [user@]group[index], found '" + word + "'");
        }
        Matcher old = OLD_INDEX.matcher(server);
        String pattern = server.equals("-")
                ? "django_manage[0]"
                : old.matches() ? old.group(1) + "[" + old.group(2) + "]" : server;
        return new ServerName(user, pattern);
    }

    /** Every host that it names; none for an address that the inventory does not know. */
    List<TargetHost> hosts(Environment environment) throws UserException {
        try {
            return environment.hosts(pattern);
        } catch (UserException e) {
            if (isAddress()) {
                return List.of();
            }
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** The one host that it names; empty for an address that the inventory does not know. */
    Optional<TargetHost> host(Environment environment) throws UserException {
        List<TargetHost> hosts = hosts(environment);
        if (hosts.size() > 1) {
            throw new UsageException("There are " + hosts.size() + " servers in the '" + pattern
                    + "' group. Name one of them: " + pattern + "[0] to " + pattern + "[" + (hosts.size() - 1) + "]");
        }
        if (hosts.isEmpty() && !isAddress()) {
            throw new UsageException("There is no server in the '" + pattern + "' group");
        }
        return hosts.stream().findFirst();
    }

    private boolean isAddress() {
        return ADDRESS.matcher(pattern).matches();
    }
}
