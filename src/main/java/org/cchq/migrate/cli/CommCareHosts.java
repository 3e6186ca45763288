package org.cchq.migrate.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;

/** The hosts that have localsettings.py: what commcare-cloud makes the group {@code commcarehq} of while it runs. */
final class CommCareHosts {
    static final List<String> GROUPS =
            List.of("webworkers", "celery", "proxy", "pillowtop", "django_manage", "formplayer", "airflow");

    private CommCareHosts() {}

    /** Each host once. */
    static List<TargetHost> of(Environment environment) throws UserException {
        Set<TargetHost> hosts = new LinkedHashSet<>();
        for (String group : GROUPS) {
            if (environment.inventory().groups().containsKey(group)) {
                hosts.addAll(environment.hosts(group));
            }
        }
        if (hosts.isEmpty()) {
            throw new UserException(environment.name() + ": no host is in any of the groups "
                    + String.join(", ", GROUPS) + "; these hosts have the site's settings");
        }
        return List.copyOf(hosts);
    }
}
