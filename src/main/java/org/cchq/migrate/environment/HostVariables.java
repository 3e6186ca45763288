package org.cchq.migrate.environment;

import java.util.Optional;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.jinja.Evaluation;

/**
 * The variables of one host as an Ansible play of commcare-cloud would have them, weakest first: a file of defaults, the
 * inventory's groups ({@code all}, parents, children), the host, public.yml, what is generated from meta.yml, proxy.yml and the
 * known secrets, vault.yml, and Ansible's own ({@code groups}, {@code hostvars} ...). Values are evaluated when asked for, with
 * their types. Not thread-safe.
 */
public final class HostVariables {
    private final HostNames names;
    private final Evaluation evaluation;

    HostVariables(HostNames names) {
        this.names = names;
        this.evaluation = new Evaluation(names);
    }

    /** True if the name is set anywhere, to null too. */
    public boolean has(String name) {
        return names.has(name);
    }

    /**
     * The value: Boolean, Integer, Long, BigInteger, Double, String, List or Map.
     *
     * @return empty if the name is set nowhere, or null
     * @throws UserException with the place of an expression that cannot be evaluated
     */
    public Optional<Object> find(String name) throws UserException {
        return names.has(name) ? Optional.ofNullable(evaluation.evaluate(names.get(name))) : Optional.empty();
    }

    /**
     * A template's text rendered as Ansible's template module does.
     *
     * @param name of the template as shown in messages
     * @throws UserException with the template's name and line, or the place of the variable that is to blame
     */
    public String render(String text, String name) throws UserException {
        return evaluation.render(text, name);
    }
}
