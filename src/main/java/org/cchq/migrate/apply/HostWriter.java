package org.cchq.migrate.apply;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.render.HostFile;
import org.cchq.migrate.render.HostFiles;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.RemoteShell;

/** Makes, in one round trip, the changes of one host; or leaves it as it was. */
final class HostWriter {
    private final HostDifference difference;
    private final HostFiles wanted;

    HostWriter(HostDifference difference) {
        this.difference = difference;
        this.wanted = difference.wanted();
    }

    /** What became of it; {@link HostOutcome.State#CHANGED} is still to be read back. */
    HostOutcome write(RemoteShell shell) throws EndpointException, InterruptedException {
        CommandOutput output = shell.run(HostScript.WRITE, request());
        return switch (output.exit().code()) {
            case 0 ->
                outcome(
                        HostOutcome.State.CHANGED,
                        difference.changes().stream().map(Change::path).toList(),
                        "");
            case HostScript.CUT_SHORT -> failed("the host did not get all of it; nothing was changed");
            case HostScript.BUSY ->
                failed("another rollout works there (" + output.complaint() + "); nothing was changed");
            case HostScript.NOT_PREPARED ->
                failed("a file could not be prepared: " + output.complaint() + "; nothing was changed");
            case HostScript.NOT_PLACED ->
                outcome(
                        HostOutcome.State.TAKEN_BACK,
                        List.of(),
                        "a file could not be put in place: " + output.complaint() + "; all were taken back");
            case HostScript.CHECK_FAILED ->
                outcome(
                        HostOutcome.State.TAKEN_BACK,
                        List.of(),
                        "'" + wanted.check() + "' failed with the new files, which were taken back; nothing was"
                                + " reloaded. It said:\n" + output.stdout().strip());
            case HostScript.RELOAD_FAILED ->
                outcome(
                        HostOutcome.State.TAKEN_BACK,
                        List.of(),
                        "'" + wanted.reload() + "' failed with the new files, which were taken back. It said:\n"
                                + output.stdout().strip());
            case HostScript.NOT_TAKEN_BACK ->
                failed("the change failed and could not be taken back: " + output.complaint()
                        + ". The old files are in " + HostReader.journal(List.of(wanted)));
            default -> failed("the change failed: " + output.complaint());
        };
    }

    private HostOutcome failed(String message) {
        return outcome(HostOutcome.State.FAILED, List.of(), message);
    }

    private HostOutcome outcome(HostOutcome.State state, List<String> changed, String message) {
        boolean reloaded =
                state == HostOutcome.State.CHANGED && !wanted.reload().isEmpty();
        return new HostOutcome(wanted.host(), wanted.purpose(), state, changed, reloaded, message);
    }

    private InputStream request() {
        StringBuilder lines = new StringBuilder();
        lines.append(HostReader.journal(List.of(wanted))).append('\n');
        lines.append(encoded(wanted.check())).append('\n');
        lines.append(encoded(wanted.reload())).append('\n');
        for (Change change : difference.changes()) {
            if (change.wanted() instanceof HostFile.Content content) {
                String group = content.group().isEmpty() ? "-" : content.group();
                line(lines, change, "file", content.mode() + " " + content.owner() + " " + group);
                lines.append(encoded(content.content().reveal())).append('\n');
            } else if (change.wanted() instanceof HostFile.Link link) {
                line(lines, change, "link", "- - -");
                lines.append(encoded(link.target())).append('\n');
            } else {
                line(lines, change, "remove", "- - -");
                lines.append('\n');
            }
        }
        lines.append("end - - - - -\n");
        return new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void line(StringBuilder lines, Change change, String verb, String attributes) {
        lines.append(verb).append(' ').append(change.key()).append(' ').append(attributes);
        lines.append(' ').append(change.path()).append('\n');
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
