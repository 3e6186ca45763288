package org.cchq.migrate.ssh;

import java.util.Optional;
import org.cchq.migrate.base.Secret;

/**
 * As whom to run commands.
 *
 * @param user the user to become
 * @param sudoPassword the login user's password for sudo; empty if sudo asks for none
 */
public record Become(String user, Optional<Secret> sudoPassword) {}
