package org.cchq.migrate.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.jinja.ArbitraryOrderException;
import org.cchq.migrate.jinja.Evaluation;
import org.cchq.migrate.jinja.JinjaException;
import org.cchq.migrate.jinja.SourceText;
import org.cchq.migrate.jinja.UndefinedException;

/** Checks of the values themselves: expressions that cannot be evaluated, keys that belong into another file. */
final class ValueChecks {
    /** Maps that are rendered as a whole: one bad value in them spoils all. */
    private static final Set<String> RENDERED = Set.of("localsettings", "couch_dbs");

    private static final List<String> PROXY_ONLY = EnvironmentFiles.PROXY_KEYS;

    private final EnvironmentFiles files;
    private final Remarks remarks;
    private final Evaluation evaluation;
    private final List<String> withoutVault = new ArrayList<>();
    private final List<String> facts = new ArrayList<>();

    ValueChecks(EnvironmentFiles files, Remarks remarks) {
        this.files = files;
        this.remarks = remarks;
        Optional<String> host =
                files.inventory().groupHosts("commcarehq").stream().findFirst();
        this.evaluation = Variables.evaluation(files, host);
    }

    void run() {
        for (String key : files.publicFile().keys()) {
            YamlValue value = files.publicFile().get(key).orElseThrow();
            expressions(key, value, RENDERED.contains(key));
            place(key, value);
        }
        for (String key : files.generated().keys()) {
            expressions(key, files.generated().get(key).orElseThrow(), false);
        }
        if (!withoutVault.isEmpty()) {
            remarks.warn(
                    files.shown() + "/vault.yml",
                    "there are no secrets here (no vault.yml, or its use is off), and " + withoutVault.size()
                            + " values refer to some, the first at " + withoutVault.get(0));
        }
        if (!facts.isEmpty()) {
            remarks.note(
                    facts.get(0),
                    facts.size() + " values need facts of the hosts, which are known only while Ansible runs");
        }
    }

    private void expressions(String key, YamlValue value, boolean rendered) {
        if (value instanceof YamlMap map) {
            map.keys()
                    .forEach(name -> expressions(key + "." + name, map.get(name).orElseThrow(), rendered));
        } else if (value instanceof YamlValue.Sequence list) {
            list.items().forEach(item -> expressions(key, item, rendered));
        } else if (HostNames.raw(value) instanceof SourceText text) {
            expression(key, text, rendered);
        }
    }

    private void expression(String key, SourceText text, boolean rendered) {
        try {
            evaluation.evaluate(text);
        } catch (ArbitraryOrderException e) {
            remarks.error(text.place(), "'" + key + "': " + reason(e, text));
        } catch (UndefinedException e) {
            undefined(key, text, e, rendered);
        } catch (JinjaException e) {
            String reason = "'" + key + "': " + reason(e, text);
            if (rendered) {
                remarks.error(text.place(), reason);
            } else {
                remarks.warn(text.place(), reason + "; nothing here needs the value");
            }
        }
    }

    private void undefined(String key, SourceText text, UndefinedException e, boolean rendered) {
        boolean secret = e.name().startsWith("secrets") || e.name().startsWith("localsettings_private");
        String joint = e.reason().startsWith("refers to ") ? " " : ": ";
        if (files.vault().keys().isEmpty() && secret) {
            withoutVault.add(text.place());
        } else if (e.name().startsWith("ansible_") || e.name().contains(".ansible_")) {
            facts.add(text.place());
        } else if (rendered) {
            remarks.error(text.place(), "'" + key + "'" + joint + reason(e, text));
        } else {
            remarks.warn(text.place(), "'" + key + "'" + joint + reason(e, text));
        }
    }

    private static String reason(JinjaException e, SourceText text) {
        return e.place().isEmpty() || e.place().equals(text.place()) ? e.reason() : String.valueOf(e.getMessage());
    }

    /** What commcare-cloud's own validation forbids in public.yml, where the newer files are there. */
    private void place(String key, YamlValue value) {
        boolean proxyFile = files.texts().text("proxy.yml", new Problems()).isPresent();
        if (proxyFile && PROXY_ONLY.contains(key)) {
            remarks.error(
                    value.place(),
                    "'" + key + "' belongs into proxy.yml; commcare-cloud refuses it in public.yml, and proxy.yml would"
                            + " win");
        }
        boolean database = key.startsWith("postgresql_") || key.startsWith("pgbouncer_");
        if (database && !files.postgresql().keys().isEmpty()) {
            remarks.warn(
                    value.place(),
                    "'" + key + "': commcare-cloud refuses the defaults of its roles postgresql and pgbouncer in"
                            + " public.yml; set it under postgres_override or pgbouncer_override of postgresql.yml");
        }
    }
}
