package org.cchq.migrate.cli;

import static org.cchq.migrate.cli.Arguments.flag;
import static org.cchq.migrate.cli.Arguments.valued;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.render.Renderer;
import org.jspecify.annotations.Nullable;

/**
 * {@code render}: the files that the hosts shall have, as the environment's files say now. Shown with secrets masked, or
 * written with them, readable for their owner only, to a directory. Touches no host.
 */
final class RenderCommand implements Command {
    @Override
    public String name() {
        return "render";
    }

    @Override
    public String arguments() {
        return "[options]";
    }

    @Override
    public String summary() {
        return "The nginx sites and localsettings.py that each host shall have; secrets masked unless written to a"
                + " directory.";
    }

    @Override
    public Options options() {
        Options options = new Options();
        options.addOption(valued("limit", "HOSTS", "these hosts only; an Ansible host pattern"));
        options.addOption(valued("out", "DIR", "write DIR/HOST/PATH, secrets included, mode 0600"));
        options.addOption(flag("json", "one JSON object: for each host its files, secrets masked"));
        return options;
    }

    @Override
    public int run(Site site, CommandLine line) throws UserException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException("render: too many words: " + String.join(" ", line.getArgList()));
        }
        Optional<String> limit = Optional.ofNullable(line.getOptionValue("limit"));
        List<HostFiles> rendered = rendered(site, limit);
        if (rendered.isEmpty()) {
            throw new UserException(site.environment().name() + ": no host of the groups proxy and commcarehq"
                    + limit.map(pattern -> " matches '" + pattern + "'").orElse(" is there"));
        }
        Optional<Path> out = Optional.ofNullable(line.getOptionValue("out")).map(Path::of);
        if (out.isPresent()) {
            int files = write(rendered, out.get());
            site.console().result(files + " files written to " + out.get() + "; they hold secrets");
        } else if (line.hasOption("json")) {
            site.console().result(json(rendered, site.masking()));
        } else {
            rendered.forEach(files -> show(site, files));
        }
        return ExitCode.SUCCESS.code();
    }

    private static List<HostFiles> rendered(Site site, Optional<String> limit) throws UserException {
        Environment environment = site.environment();
        Renderer renderer = new Renderer(site.defaults().resolveSibling(""));
        List<TargetHost> wanted = environment.hosts(limit.orElse("all"));
        List<HostFiles> rendered = new ArrayList<>();
        for (TargetHost host : environment.hosts("proxy")) {
            if (wanted.contains(host)) {
                rendered.add(renderer.proxy(environment, host));
            }
        }
        for (TargetHost host : environment.commcarehq()) {
            if (wanted.contains(host)) {
                rendered.add(renderer.localsettings(environment, host));
            }
        }
        return rendered;
    }

    private static void show(Site site, HostFiles files) {
        for (HostFile file : files.files()) {
            site.console().result("# " + files.host() + ":" + file.path() + "  " + kind(file));
            text(file).ifPresent(text -> site.console().result(site.masking().masked(text)));
        }
    }

    private static String json(List<HostFiles> rendered, Masking masking) {
        Map<String, Object> hosts = new LinkedHashMap<>();
        for (HostFiles files : rendered) {
            List<Object> list = new ArrayList<>();
            for (HostFile file : files.files()) {
                Map<String, @Nullable Object> entry = new LinkedHashMap<>();
                entry.put("path", file.path());
                entry.put("kind", kind(file));
                entry.put("text", text(file).map(masking::masked).orElse(null));
                list.add(entry);
            }
            @SuppressWarnings("unchecked")
            List<Object> all = (List<Object>) hosts.computeIfAbsent(files.host(), name -> new ArrayList<>());
            all.addAll(list);
        }
        return Json.write(hosts);
    }

    private static String kind(HostFile file) {
        if (file instanceof HostFile.Content content) {
            return content.mode() + " " + content.owner() + (content.group().isEmpty() ? "" : ":" + content.group());
        } else if (file instanceof HostFile.Link link) {
            return "link to " + link.target();
        } else if (file instanceof HostFile.NoOther) {
            return "nothing else of this pattern";
        } else if (file instanceof HostFile.Replaced) {
            return "if it is there, with this server_name";
        }
        return "absent";
    }

    private static Optional<String> text(HostFile file) {
        if (file instanceof HostFile.Content content) {
            return Optional.of(content.content().reveal());
        }
        return file instanceof HostFile.Replaced part ? Optional.of(part.replacement()) : Optional.empty();
    }

    private static int write(List<HostFiles> rendered, Path out) throws UserException {
        int count = 0;
        for (HostFiles files : rendered) {
            for (HostFile file : files.files()) {
                if (file instanceof HostFile.Content content) {
                    Path path = out.resolve(files.host()).resolve(file.path().substring(1));
                    try {
                        write(path, content.content().reveal());
                    } catch (IOException e) {
                        throw new UserException(path + " cannot be written: " + e.getMessage(), e);
                    }
                    count++;
                }
            }
        }
        return count;
    }

    private static void write(Path path, String text) throws IOException {
        Files.createDirectories(path.getParent());
        Files.deleteIfExists(path);
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(path, text);
    }
}
