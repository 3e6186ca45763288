package org.cchq.migrate.run;

import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.ssh.ShellWords;

/**
 * A command of HQ's own that runs in a window, where a person can answer it, and whose output and exit status are kept in a
 * directory like a job's, under {@code manage/}. The end of the window, or of tmux, does not end the command: it ignores the
 * hang-up, and what it writes still reaches the file.
 */
public final class WindowJob {
    private static final String PARENT = "manage";

    private final HostBase base;
    private final Job job;

    public WindowJob(HostBase base, Job job) {
        this.base = base;
        this.job = job;
    }

    /** The directory of such a job, over any connection. */
    public static JobDirectory directory(HostBase base, String id) {
        return new JobDirectory(base, base.directory() + "/" + PARENT, id);
    }

    /** Makes the directory. */
    public void prepare() throws EndpointException, InterruptedException {
        String directory = ShellWords.quote(directory(base, job.id()).path());
        var output = base.shell()
                .run("umask 077; mkdir -p " + directory + " && cd " + directory + " && printf '%s\\n' "
                        + ShellWords.quote(job.toJson()) + " > job.json && : > events.jsonl && : > output.txt");
        if (!output.ok()) {
            throw base.shell()
                    .refused(
                            "make " + directory,
                            output.complaint() + "; name a directory that "
                                    + base.shell().user()
                                    + " can write to with cchq_migrate_home in public.yml or as a host variable");
        }
    }

    /**
     * What bash is to run as the service user; its exit status is the command's.
     *
     * @param command for bash
     */
    public String script(String command) {
        String directory = directory(base, job.id()).path();
        // Written out with the directory's name: by that a process is known as this job's.
        String output = ShellWords.quote(directory + "/output.txt");
        String place = ShellWords.quote(directory);
        return "trap '' HUP; cd /; u=$(umask); umask 077; d=" + place + "; echo $$ > \"$d/pid\" || exit\n"
                + "{ ( umask \"$u\"; export PYTHONUNBUFFERED=1; " + command + "\n); echo $? > \"$d/status\"; } 2>&1"
                + " | tee -a " + output + "\n"
                + "s=$(cat \"$d/status\"); mv \"$d/status\" \"$d/exit\"; exit \"$s\"";
    }
}
