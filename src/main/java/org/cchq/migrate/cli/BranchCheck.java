package org.cchq.migrate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.cchq.migrate.base.UserException;

/** {@code --branch}: the checkout that the environment's files are in must be on that branch. */
final class BranchCheck {
    /** The status of cchq for a wrong branch. */
    static final int WRONG = 255;

    private BranchCheck() {}

    /** @return what is wrong; "" if the branch is the one, or if there is no git to ask */
    static String problem(Path environment, String branch) throws UserException, InterruptedException {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "--abbrev-ref", "HEAD")
                    .directory(environment.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            git.getOutputStream().close();
            String current = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (git.waitFor() != 0) {
                throw new UserException("--branch " + branch + ": " + environment + " is in no git checkout");
            }
            return current.equals(branch)
                    ? ""
                    : "You are not on the branch " + branch + ", but on " + current + ". Check out " + branch
                            + ", or say --branch=" + current;
        } catch (IOException e) {
            throw new UserException("--branch " + branch + ": git cannot be run: " + e.getMessage(), e);
        }
    }
}
