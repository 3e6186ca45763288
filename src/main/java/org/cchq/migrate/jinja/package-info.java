/** Jinja2 as Ansible evaluates it: expressions in values, and templates. */
@NullMarked
package org.cchq.migrate.jinja;

import org.jspecify.annotations.NullMarked;
