package org.cchq.migrate.testing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real ansible-playbook with the project's roles and plugins. */
public final class AnsiblePlaybook {
    private static final Pattern RECAP = Pattern.compile("(?m)^(\\S+)\\s+: (ok=.*)$");
    private static final Pattern COUNT = Pattern.compile("(\\w+)=(\\d+)");

    private AnsiblePlaybook() {}

    /**
     * What a run came to.
     *
     * @param output of both streams
     * @param recap for each host its counts: ok, changed, failed ...
     */
    public record Result(int status, String output, Map<String, Map<String, Integer>> recap) {
        /** The number of that name, over all hosts. */
        public int total(String count) {
            return recap.values().stream()
                    .mapToInt(host -> host.getOrDefault(count, 0))
                    .sum();
        }
    }

    /** Runs one; skips the calling test where Ansible is not installed. */
    public static Result run(Path playbook, Path inventory, Map<String, String> variables, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(
                RequiredProgram.find("ansible-playbook", "ansible-core").toString(), "-i", inventory.toString()));
        variables.forEach((name, value) -> {
            command.add("-e");
            command.add("{\"" + name + "\": \"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
        });
        command.addAll(List.of(arguments));
        command.add(playbook.toString());
        Path log = Files.createTempFile("ansible", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        Path ansible = Path.of("ansible").toAbsolutePath();
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("ANSIBLE_"));
        environment.put("ANSIBLE_ROLES_PATH", ansible.resolve("roles").toString());
        environment.put(
                "ANSIBLE_FILTER_PLUGINS", ansible.resolve("filter_plugins").toString());
        environment.put("ANSIBLE_LIBRARY", ansible.resolve("library").toString());
        environment.put("ANSIBLE_MODULE_UTILS", ansible.resolve("module_utils").toString());
        environment.put("ANSIBLE_NOCOLOR", "1");
        environment.put("ANSIBLE_LOCALHOST_WARNING", "0");
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        environment.put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        if (!process.waitFor(300, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String output = Files.readString(log, StandardCharsets.UTF_8);
        Files.delete(log);
        return new Result(process.waitFor(), output, recap(output));
    }

    private static Map<String, Map<String, Integer>> recap(String output) {
        Map<String, Map<String, Integer>> recap = new TreeMap<>();
        Matcher lines = RECAP.matcher(output);
        while (lines.find()) {
            Map<String, Integer> counts = new TreeMap<>();
            Matcher count = COUNT.matcher(lines.group(2));
            while (count.find()) {
                counts.put(count.group(1), Integer.parseInt(count.group(2)));
            }
            recap.put(lines.group(1), counts);
        }
        return recap;
    }
}
