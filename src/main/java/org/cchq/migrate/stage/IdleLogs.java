package org.cchq.migrate.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.environment.TargetHost;
import org.cchq.migrate.ssh.ShellWords;

/**
 * Reads in the access logs of the proxy's sites who used a store lately. The logs are those of
 * {@code templates/nginx/riakcs_site.j2}, one JSON object a line; rotated and gzipped ones count too, as far as they were
 * written to in the time asked for.
 */
final class IdleLogs {
    /**
     * What was seen on one proxy.
     *
     * @param requests how many counted
     * @param last the newest of them: time, method and status; "" if there is none
     * @param trouble why the logs tell nothing; "" if they do
     */
    record Seen(String host, long requests, String last, String trouble) {}

    /** Arguments: seconds of the epoch, the log's path, what counts (all, reads), then addresses of stores. */
    private static final String SCRIPT = """
            since=$(date -d "@$1" +%Y-%m-%dT%H:%M:%S) || exit 1
            log=$2; what=$3; shift 3
            addresses=
            for a in "$@"; do
              host=${a%:*}; port=${a##*:}
              for ip in $(getent ahosts "$host" | cut -d' ' -f1 | sort -u); do addresses="$addresses $ip:$port"; done
              addresses="$addresses $host:$port"
            done
            [ -e "$log" ] || { echo "none"; exit 0; }
            find "$(dirname "$log")" -maxdepth 1 -name "$(basename "$log")*" -newermt "@$since_epoch" -print |
            while IFS= read -r f; do case $f in *.gz) gzip -dc -- "$f" ;; *) cat -- "$f" ;; esac; done |
            awk -v since="$since" -v what="$what" -v addresses="$addresses" '
              function field(name,  at, rest) {
                at = index($0, "\\"" name "\\":\\"")
                if (!at) return ""
                rest = substr($0, at + length(name) + 4)
                return substr(rest, 1, index(rest, "\\"") - 1)
              }
              BEGIN { n = split(addresses, list, " "); for (i = 1; i <= n; i++) wanted[list[i]] = 1 }
              {
                time = field("time")
                if (substr(time, 1, 19) < since) next
                if (what == "reads") {
                  method = field("method"); status = field("status")
                  if (method !~ /^(GET|HEAD|DELETE)$/ || status !~ /^(2|304)/) next
                  m = split(field("upstream"), tried, /[ ,]+/)
                  hit = n == 0
                  for (i = 1; i <= m; i++) if (tried[i] in wanted) hit = 1
                  if (!hit) next
                  uri = field("uri")
                  if (method == "DELETE") { if (asked[uri]) { asked[uri]--; count-- } next }
                  if (method == "HEAD") asked[uri]++
                }
                count++; if (time > newest) { newest = time; last = time " " field("method") " " field("status") }
              }
              END { print "seen", count + 0, last }'
            """;

    private final Ground ground;
    private final Environment at;

    IdleLogs(Ground ground, Environment at) {
        this.ground = ground;
        this.at = at;
    }

    /** Any request to the site of a port. */
    List<Seen> requests(String port, Duration time) throws UserException, InterruptedException {
        return ask(port, time, "all", List.of());
    }

    /**
     * Successful reads through the site of a port. A HEAD that a DELETE of the same object follows is none: HQ asks for the
     * length of what it deletes.
     *
     * @param stores {@code HOST:PORT} of those that count; empty: whichever
     */
    List<Seen> reads(String port, Duration time, List<String> stores) throws UserException, InterruptedException {
        return ask(port, time, "reads", stores);
    }

    private List<Seen> ask(String port, Duration time, String what, List<String> stores)
            throws UserException, InterruptedException {
        Instant since = ground.now().minus(time);
        List<Seen> seen = new ArrayList<>();
        for (TargetHost proxy : at.hosts("proxy")) {
            String log = ground.setting(at, proxy, "log_home") + "/" + at.deployEnv() + "_riakcs_" + port
                    + "-nginx_access.log";
            List<String> arguments = new ArrayList<>(List.of(Long.toString(since.getEpochSecond()), log, what));
            arguments.addAll(stores);
            String command = "set -- " + ShellWords.join(arguments) + "\nsince_epoch=$1\n" + SCRIPT;
            try {
                seen.add(read(proxy.name(), log, ground.command(proxy, user(proxy), command)));
            } catch (EndpointException e) {
                seen.add(new Seen(proxy.name(), 0, "", String.valueOf(e.getMessage())));
            }
        }
        return seen;
    }

    /** Who may read the logs: the account that deploys the sites. */
    private String user(TargetHost proxy) throws UserException {
        String user = ground.setting(at, proxy, "cchq_migrate_proxy_user");
        return user.isEmpty() ? "root" : user;
    }

    private static Seen read(String host, String log, Ground.Said said) {
        String last = said.output().lines().reduce("", (a, b) -> b);
        if (said.exit() == 0 && last.equals("none")) {
            return new Seen(host, 0, "", "there is no log " + log);
        }
        String[] words = last.split(" ", 3);
        if (said.exit() != 0 || words.length < 2 || !words[0].equals("seen") || !words[1].matches("\\d+")) {
            return new Seen(
                    host, 0, "", log + " cannot be read: " + said.output().strip());
        }
        return new Seen(host, Long.parseLong(words[1]), words.length > 2 ? words[2].strip() : "", "");
    }
}
