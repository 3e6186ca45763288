package org.cchq.migrate.testing.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the figures were measured on. */
final class Machine {
    private Machine() {}

    static Map<String, Object> describe() throws IOException, InterruptedException {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cpus", Runtime.getRuntime().availableProcessors());
        machine.put("cpu", field(Path.of("/proc/cpuinfo"), "model name"));
        machine.put(
                "memory_mib",
                Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "")) / 1024);
        machine.put("kernel", System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.vm.version"));
        machine.put("rclone", firstLine("rclone", "version").replace("rclone ", ""));
        machine.put("ceph", firstLine("radosgw", "--version").replaceAll("^ceph version (\\S+).*", "$1"));
        machine.put("load_at_start", Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
        return machine;
    }

    static String line(Map<String, Object> machine) {
        return machine.get("cpus") + " x " + machine.get("cpu") + ", " + machine.get("memory_mib") + " MiB, Linux "
                + machine.get("kernel") + "; load " + machine.get("load_at_start") + "\nJava " + machine.get("java")
                + "; rclone " + machine.get("rclone") + "; Ceph " + machine.get("ceph");
    }

    private static String field(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name)) {
                return line.substring(line.indexOf(':') + 1).trim();
            }
        }
        return "";
    }

    private static String firstLine(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text.lines().findFirst().orElse("");
        }
    }
}
