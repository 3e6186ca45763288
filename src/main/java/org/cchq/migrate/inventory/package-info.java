/** Hosts, groups and their variables, as Ansible reads them from INI and as commcare-cloud reads them from CSV. */
@NullMarked
package org.cchq.migrate.inventory;

import org.jspecify.annotations.NullMarked;
