package org.cchq.migrate.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.apply.HostDifference;
import org.cchq.migrate.apply.HostOutcome;
import org.cchq.migrate.apply.HostProcesses;
import org.cchq.migrate.apply.Masking;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.migration.CheckedClass;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.render.HostFiles.Purpose;
import org.cchq.migrate.run.JobEvidence;
import org.cchq.migrate.run.JobFindings;
import org.cchq.migrate.run.ProbeQuestion;

/** What advance and back stand on: the environment's files and its hosts. Everything that they see or change goes here. */
public interface Ground {
    /** A host asked for its view of the stores; {@code trouble} tells why nothing was found out, "" if it was. */
    record HostView(String host, List<ProbedEndpoint> found, String trouble) {
        public HostView {
            found = List.copyOf(found);
        }
    }

    /** A question to one host. */
    record HostQuestion(TargetHost host, ProbeQuestion question) {}

    /** What a shell command on a host said. */
    record Said(int exit, String output) {}

    /** As it was read last, with the edits made since. */
    Environment environment();

    /** Makes an edit: refused if the file is not what it was when it was read. */
    void replace(FileEdit edit) throws UserException;

    /** The hosts that have the site's settings: the group {@code commcarehq}. */
    List<TargetHost> siteHosts(Environment at) throws UserException;

    /** What the hosts have otherwise than an environment says. */
    List<HostDifference> compare(Environment at, Purpose purpose) throws UserException, InterruptedException;

    /** Makes the changes that were compared. */
    List<HostOutcome> deploy(List<HostDifference> shown) throws InterruptedException;

    /** The site's processes on each of its hosts, and since when the settings file is what it is. */
    List<HostProcesses.Answer> processes(Environment at) throws UserException, InterruptedException;

    /** Those of one host, as they are now. */
    HostProcesses.Answer processes(Environment at, TargetHost host) throws UserException, InterruptedException;

    /** Runs a command on a host. */
    Said command(TargetHost host, String user, String command)
            throws UserException, EndpointException, InterruptedException;

    /** Goes to stores from hosts, several at a time; one answer for each question, in their order. */
    List<HostView> probe(List<HostQuestion> questions) throws UserException, InterruptedException;

    /** Jobs of the blob migration on the management hosts. */
    List<JobEvidence> jobs() throws UserException, EndpointException, InterruptedException;

    /** What a job's log says of single blobs. */
    List<JobFindings.Logged> logged(JobEvidence job) throws UserException, EndpointException, InterruptedException;

    /** What a check-logs found out, by key. */
    Map<String, CheckedClass> checked(JobEvidence job) throws UserException, EndpointException, InterruptedException;

    /** A variable of a host as text, with the tool's defaults; "" if it is nowhere set. */
    String setting(Environment at, TargetHost host, String name) throws UserException;

    /** Hides the environment's secrets. */
    Masking masking(Environment at) throws UserException;

    Instant now();

    void pause(Duration time) throws InterruptedException;

    /** Who types. */
    String operator();

    /** Notes what was done, where, and with what result, for {@code history}. */
    void note(String what, String where, String result) throws UserException;

    /** Told each time something was changed or is about to be; a test stops there. */
    default void at(String point) {}
}
