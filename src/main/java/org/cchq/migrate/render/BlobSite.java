package org.cchq.migrate.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.HostVariables;

/**
 * One nginx site before a blob store.
 *
 * @param port where it listens
 * @param portVariable the variable of that port
 * @param groupExpression what it leads to: a group of the inventory, as an expression
 */
record BlobSite(int port, String portVariable, String groupExpression) {
    /** Those that a proxy has: none without a group riakcs, a second one during a move from cluster to cluster. */
    static List<BlobSite> of(HostVariables variables) throws UserException {
        List<BlobSite> sites = new ArrayList<>();
        if (flag(variables, "cchq_migrate_blob_site")) {
            sites.add(site(variables, "riakcs_proxy_port", "'riakcs'"));
        }
        if (flag(variables, "cchq_migrate_temp_blob_site")) {
            sites.add(site(variables, "temp_riakcs_proxy_port", "cchq_migrate_temp_blob_group"));
        }
        if (sites.size() == 2 && sites.get(0).port == sites.get(1).port) {
            throw new UserException("riakcs_proxy_port_override and temp_riakcs_proxy_port are both "
                    + sites.get(0).port + "; the two sites need a port each");
        }
        return sites;
    }

    /** Sets the template's own variables. */
    String settings() {
        return "{% set site_port = " + portVariable + " %}{% set site_group = " + groupExpression + " %}";
    }

    private static BlobSite site(HostVariables variables, String port, String group) throws UserException {
        String number = variables.find(port).map(Object::toString).orElse("");
        if (!number.matches("[0-9]{1,5}") || Integer.parseInt(number) < 1 || Integer.parseInt(number) > 65_535) {
            throw new UserException("'" + port + "' must be a whole number from 1 to 65535");
        }
        return new BlobSite(Integer.parseInt(number), port, group);
    }

    private static boolean flag(HostVariables variables, String name) throws UserException {
        Optional<Object> value = variables.find(name);
        if (value.isEmpty() || !(value.get() instanceof Boolean flag)) {
            throw new UserException(
                    "'" + name + "' must be a plain yes or no; put it back as templates/defaults.yml has it");
        }
        return flag;
    }
}
