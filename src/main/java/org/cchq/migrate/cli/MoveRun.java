package org.cchq.migrate.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.commons.cli.Option;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.ExitCode;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.console.Console;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.run.HostSession;
import org.cchq.migrate.stage.Advance;
import org.cchq.migrate.stage.AdvanceView;
import org.cchq.migrate.stage.Gate;
import org.cchq.migrate.stage.Ground;
import org.cchq.migrate.stage.MoveLock;
import org.cchq.migrate.stage.MoveOptions;

/** Carries advance or back out, one operator at a time, and shows it on the console. */
final class MoveRun implements AdvanceView {
    /** Where to. */
    enum Direction {
        FORWARD,
        BACKWARD
    }

    static final String OLD_KEYS_REFUSED = "old-keys-refused";

    private final Site site;
    private final Ground ground;
    private final MoveOptions options;
    private final Console console;

    MoveRun(Site site, Ground ground, MoveOptions options) {
        this.site = site;
        this.ground = ground;
        this.options = options;
        this.console = site.console();
    }

    static Option oldKeysRefused() {
        return Arguments.flag(
                OLD_KEYS_REFUSED,
                "go on although the new cluster refuses the old keys: deletes fail until each host is restarted");
    }

    int run(Direction direction) throws UserException, EndpointException, InterruptedException {
        if (options.check()) {
            return exit(go(direction));
        }
        List<TargetHost> hosts = site.environment().hosts("django_manage");
        if (hosts.isEmpty()) {
            throw new UserException(site.environment().name() + ": the group django_manage has no host");
        }
        String who = site.operator() + " on " + site.workplace().machine() + ", since "
                + Instant.now(site.clock()).truncatedTo(ChronoUnit.SECONDS);
        try (HostSession session = site.access(hosts.get(0)).open();
                MoveLock lock = MoveLock.take(session.base(), who)) {
            return exit(go(direction));
        }
    }

    private Advance.Outcome go(Direction direction) throws UserException, EndpointException, InterruptedException {
        Advance advance = new Advance(ground, this, options);
        return direction == Direction.FORWARD ? advance.forward() : advance.backward();
    }

    private static int exit(Advance.Outcome outcome) {
        return outcome == Advance.Outcome.SHUT ? ExitCode.REFUSED.code() : ExitCode.SUCCESS.code();
    }

    @Override
    public void gates(List<Gate> gates) {
        StandingLines.gates(gates).forEach(console::result);
    }

    @Override
    public void coming(int number, int of, String title, boolean done, List<String> preview) {
        console.result(number + ". " + title + (done ? " (already so)" : ""));
        preview.forEach(line -> console.result("   " + line));
    }

    @Override
    public void step(int number, int of, String title) {
        console.result("Step " + number + " of " + of + ": " + title);
    }

    @Override
    public void said(String line) {
        console.result("  " + line);
    }

    @Override
    public boolean confirm(String question) {
        return console.confirm(question);
    }
}
