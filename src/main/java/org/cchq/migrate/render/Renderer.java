package org.cchq.migrate.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.HostVariables;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Makes the files of a host from the templates, which Ansible's template module takes as well: the same bytes. The agent's
 * settings are worked out from the environment without a template; where both name a setting they must agree, else nothing
 * is rendered.
 */
public final class Renderer {
    private static final String SITE = "nginx/riakcs_site.j2";
    private static final String SERVER_NAME = "nginx/server_name.j2";
    private static final String SETTINGS = "localsettings/localsettings.py.j2";

    private final Path templates;

    /** @param templates the directory of that name: defaults.yml, nginx/ and localsettings/ */
    public Renderer(Path templates) {
        this.templates = templates;
    }

    /**
     * The nginx sites before the blob stores, links to them, and the names of the site's own server.
     *
     * @throws UserException if a value is missing or cannot be written into a site
     */
    public HostFiles proxy(Environment environment, TargetHost host) throws UserException {
        HostVariables variables = variables(environment, host);
        String available = text(variables, "nginx_sites_available");
        String enabled = text(variables, "nginx_sites_enabled");
        String name = environment.deployEnv() + "_riakcs";
        List<HostFile> files = new ArrayList<>();
        for (BlobSite site : BlobSite.of(variables)) {
            String file = name + "_" + site.port();
            String content = variables.render(site.settings() + template(SITE), "templates/" + SITE);
            files.add(new HostFile.Content(
                    available + "/" + file,
                    new Secret(content),
                    text(variables, "nginx_site_owner"),
                    text(variables, "nginx_site_group"),
                    text(variables, "nginx_site_mode")));
            files.add(new HostFile.Link(enabled + "/" + file, available + "/" + file));
        }
        for (String directory : List.of(enabled, available)) {
            files.add(new HostFile.Absent(directory + "/" + name));
            files.add(new HostFile.NoOther(directory + "/" + name + "_*"));
        }
        if (variables.find("SITE_HOST").isPresent()) {
            files.add(new HostFile.Replaced(
                    available + "/" + environment.deployEnv() + "_commcare",
                    serverName(text(variables, "SITE_HOST")),
                    variables
                            .render(template(SERVER_NAME), "templates/" + SERVER_NAME)
                            .strip()));
        }
        return new HostFiles(
                host.name(),
                Purpose.PROXY,
                files,
                text(variables, "nginx_test_command"),
                text(variables, "nginx_reload_command"));
    }

    /**
     * localsettings.py of the current release.
     *
     * @throws UserException if a value is missing or cannot be written into the file
     */
    public HostFiles localsettings(Environment environment, TargetHost host) throws UserException {
        HostVariables variables = variables(environment, host);
        String content = variables.render(template(SETTINGS), "templates/" + SETTINGS);
        refuseDrift(content, environment, host);
        HostFile file = new HostFile.Content(
                text(variables, "code_home") + "/localsettings.py",
                new Secret(content),
                text(variables, "cchq_user"),
                "",
                "0600");
        return new HostFiles(host.name(), Purpose.LOCALSETTINGS, List.of(file), "", "");
    }

    /** The directive that begins with the site's host; with other names after it, or none. */
    static Pattern serverName(String siteHost) {
        return Pattern.compile(
                "\\bserver_name[ \\t]+" + siteHost.replaceAll("([^A-Za-z0-9_])", "\\\\$1") + "(?:[ \\t][^;\\n]*)?;");
    }

    private HostVariables variables(Environment environment, TargetHost host) throws UserException {
        return environment.variables(host, templates.resolve("defaults.yml"));
    }

    private static void refuseDrift(String content, Environment environment, TargetHost host) throws UserException {
        SettingsFile file = SettingsFile.parse(content);
        Map<String, @Nullable Object> rendered = file.values();
        Map<String, Object> worked =
                Json.readObject(DjangoSettings.of(environment, host).json().reveal(), "the agent's settings");
        List<String> differing = new ArrayList<>();
        worked.forEach((name, value) -> {
            if (rendered.containsKey(name) && !same(value, rendered.get(name))) {
                differing.add(name);
            }
        });
        for (String name : SettingsFile.OWNED) {
            if (worked.containsKey(name) != rendered.containsKey(name)) {
                differing.add(name);
            }
        }
        if (!differing.isEmpty()) {
            throw new UserException("templates/" + SETTINGS + ": on host " + host.name() + ", "
                    + String.join(", ", differing)
                    + " would not be what the environment's files say and the agent works"
                    + " with; if the template or templates/defaults.yml was changed, put it back");
        }
    }

    /** Numbers of any type are equal if they are written the same. */
    private static boolean same(@Nullable Object one, @Nullable Object two) {
        if (one instanceof Map<?, ?> a && two instanceof Map<?, ?> b) {
            return a.keySet().equals(b.keySet())
                    && a.entrySet().stream().allMatch(entry -> same(entry.getValue(), b.get(entry.getKey())));
        }
        if (one instanceof List<?> a && two instanceof List<?> b) {
            boolean equal = a.size() == b.size();
            for (int i = 0; equal && i < a.size(); i++) {
                equal = same(a.get(i), b.get(i));
            }
            return equal;
        }
        if (one instanceof Number && two instanceof Number) {
            return one.toString().equals(two.toString());
        }
        return Objects.equals(one, two);
    }

    private String template(String name) throws UserException {
        try {
            return Files.readString(templates.resolve(name));
        } catch (IOException e) {
            throw new UserException("templates/" + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(HostVariables variables, String name) throws UserException {
        Optional<Object> value = variables.find(name);
        if (value.isEmpty()) {
            throw new UserException("'" + name + "' is not set; put it back into templates/defaults.yml");
        }
        return value.get().toString();
    }
}
