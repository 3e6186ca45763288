package org.cchq.migrate.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What those see who log in to a simulated host, in place of the machine's own: an account {@code cchq} as commcare-cloud
 * makes it, and a data volume of the host's own at /opt/data. Made with a mount namespace, so that nothing of the machine
 * changes; needs root.
 */
public final class HostView {
    /** As commcare-cloud numbers it. */
    public static final int SERVICE_ID = 3002;

    private static final String SERVICE_USER = "cchq";

    /** {@code $1}: directory of the account files; {@code $2}: the data volume. What else is in /opt stays there. */
    private static final String SCRIPT = """
            set -e
            cd "$1"; data=$2; shift 2
            for file in passwd group; do mount --bind $file /etc/$file; done
            if ! [ -d /opt/data ]; then
                mkdir -p opt
                mount --rbind /opt opt
                mount -t tmpfs -o mode=755 none /opt
                for entry in "$PWD"/opt/*; do [ ! -e "$entry" ] || ln -s "$entry" /opt/; done
                mkdir /opt/data
            fi
            mount --bind "$data" /opt/data
            exec "$@"
            """;

    private final Path directory;
    private final Path data;

    private HostView(Path directory, Path data) {
        this.directory = directory;
        this.data = data;
    }

    /** False for an ordinary user, and in containers that allow no mounts. */
    public static boolean possible() throws Exception {
        if (!System.getProperty("user.name").equals("root")) {
            return false;
        }
        return new ProcessBuilder("unshare", "-m", "mount", "--bind", "/etc/passwd", "/etc/passwd")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /**
     * Writes the account files into a directory.
     *
     * @param home of the account
     * @param data what is to be at /opt/data
     */
    public static HostView write(Path directory, Path home, Path data) throws IOException {
        add("passwd", directory, SERVICE_USER + ":x:" + SERVICE_ID + ":" + SERVICE_ID + "::" + home + ":/bin/bash\n");
        add("group", directory, SERVICE_USER + ":x:" + SERVICE_ID + ":\n");
        return new HostView(directory, data);
    }

    private static void add(String name, Path directory, String line) throws IOException {
        String text = Files.readString(Path.of("/etc", name));
        StringBuilder kept = new StringBuilder();
        text.lines()
                .filter(entry -> !entry.startsWith(SERVICE_USER + ":") && !entry.contains(":" + SERVICE_ID + ":"))
                .forEach(entry -> kept.append(entry).append('\n'));
        Files.writeString(directory.resolve(name), kept + line, StandardOpenOption.CREATE_NEW);
    }

    /** The account that stands for the site. */
    String serviceUser() {
        return SERVICE_USER;
    }

    /** The command with this view. */
    List<String> within(List<String> command) {
        List<String> words = new ArrayList<>(
                List.of("unshare", "-m", "sh", "-c", SCRIPT, "sh", directory.toString(), data.toString()));
        words.addAll(command);
        return words;
    }
}
