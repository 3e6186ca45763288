# Above: what the controller knows. version, java, jar, options, code, jobs; served: a line for each command.
#
#   cchq-agent COMMAND [arguments]   runs the agent on this terminal, with the settings of the HQ of this directory
#   source .../cchq-agent            from then on ./manage.py does that, for these commands only, in this shell only
#
# The settings go from HQ's own Python to the agent through a pipe: they are in no file, no argument and no variable of
# the environment. The run has a directory like those that the controller starts, so that status, attach and cancel see it.

# $@: a command line. Sets migration and phase; false if the agent does not have that command.
cchq_agent_serves() {
    migration= phase=
    # A phase is told by its words; the one with the most is the one that is meant.
    while IFS=' ' read -r of what first more; do
        [ "$first" = "${1:-}" ] || continue
        local word argument found all=yes
        for word in $more; do
            found=
            for argument in "$@"; do [ "$argument" = "$word" ] && found=yes; done
            [ -n "$found" ] || all=
        done
        [ -z "$all" ] || { migration=$of phase=$what; return 0; }
    done <<<"$served"
    return 1
}

if [ "${BASH_SOURCE[0]}" != "$0" ]; then
    cchq_agent=${BASH_SOURCE[0]}
    ./manage.py() {
        if "$cchq_agent" --serves "$@"; then
            "$cchq_agent" "$@"
        else
            command ./manage.py "$@"
        fi
    }
    echo "In this shell ./manage.py of these commands is the agent of cchq-migrate $version, of all others HQ's own:" >&2
    cut -d' ' -f3- <<<"$served" | sort -u | sed 's/^/  /' >&2
    unset version java jar options code jobs served
    unset -f cchq_agent_serves archive
    return 0
fi

set -u
say() { printf '%s\n' "cchq-agent: $*" >&2; }

if [ "${1:-}" = --serves ]; then
    shift
    cchq_agent_serves "$@"
    exit
fi
if ! cchq_agent_serves "$@"; then
    say "'$*' is none of its commands, which are:"
    cut -d' ' -f3- <<<"$served" | sort -u | sed 's/^/  /' >&2
    say "Try 'cchq-agent COMMAND ... --help'."
    exit 2
fi
for file in "$java" "$jar"; do
    [ -r "$file" ] || {
        say "$file is not there any more; on the control machine: cchq-migrate <env> push-agent"
        exit 1
    }
done
for argument in "$@"; do
    [ "$argument" != --help ] || exec "$java" -jar "$jar" "$@"
done

# The HQ of this directory, as for ./manage.py; else the one that the controller knows.
[ -f manage.py ] && [ -d python_env ] && code=$PWD
python=$code/python_env/bin/python
[ -x "$python" ] || {
    say "$python is not there; run this in the directory of HQ's manage.py"
    exit 1
}

# Python 2.7 or 3. Arguments: directory of HQ's code, of the job, its fields, then the command line. Makes the job's directory
# once the settings are known, and writes the settings to standard output. What settings.py prints goes to standard error.
# Of what goes wrong in settings.py no values are shown, only where it was.
read -r -d '' program <<'PYTHON'
import glob, json, os, sys
out = os.dup(1)
os.dup2(2, 1)
code, job, migration, phase, by, controller, version = sys.argv[1:8]
words = sys.argv[8:]
sys.argv = ["manage.py"] + words[:1]
for pattern in ("custom/_legacy", "corehq/ex-submodules", "extensions/*", "submodules/*", ""):
    sys.path[:0] = sorted(glob.glob(os.path.join(code, pattern)))
before = os.getcwd()
os.chdir(code)
module = os.environ.get("DJANGO_SETTINGS_MODULE") or "settings"
try:
    __import__(module)
    settings = sys.modules[module]
except BaseException as e:
    where, trace = "", sys.exc_info()[2]
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if not name.startswith("<"):
            where = "%s, line %d: " % (name, trace.tb_lineno)
        trace = trace.tb_next
    if isinstance(e, SyntaxError):
        where = "%s, line %s: " % (e.filename, e.lineno)
    plain = isinstance(e, (ImportError, NameError, AttributeError))
    sys.exit("cchq-agent: HQ's settings cannot be read: %s%s%s"
             % (where, type(e).__name__, ": %s" % e if plain else ""))
os.chdir(before)
found = {}
for name in ("S3_BLOB_DB_SETTINGS", "OLD_S3_BLOB_DB_SETTINGS", "BLOB_DB_MIGRATING_FROM_S3_TO_S3",
             "BLOB_DB_MIGRATING_FROM_FS_TO_S3", "SHARED_DRIVE_ROOT", "SHARED_DRIVE_CONF", "SHARED_BLOB_DIR_NAME",
             "DATABASES", "USE_PARTITIONED_DATABASE", "PARTITION_DATABASE_CONFIG", "COUCH_DATABASES"):
    value = getattr(settings, name, None)
    if name == "SHARED_DRIVE_CONF" and value is not None and not isinstance(value, dict):
        value = {"blob_dir": getattr(value, "blob_dir", None)}
        value = value if value["blob_dir"] else None
    if value is not None:
        found[name] = value
text = json.dumps(found, default=str)
logs = ""
for at, word in enumerate(words):
    if word.startswith("--log-dir="):
        logs = word[len("--log-dir="):]
    elif word == "--log-dir" and at + 1 < len(words):
        logs = words[at + 1]
try:
    os.makedirs(job, 0o700)
    with open(os.path.join(job, "job.json"), "w") as file:
        # In this order, without spaces: the controller looks for "migration" by text.
        fields = [("id", os.path.basename(job)), ("migration", migration), ("phase", phase), ("command", words),
                  ("by", by), ("controller", controller), ("version", version),
                  ("log_directory", os.path.abspath(logs) if logs else "")]
        file.write("{%s}\n" % ",".join("%s:%s" % (json.dumps(key), json.dumps(value, separators=(",", ":")))
                                       for key, value in fields))
    for name in ("events.jsonl", "output.txt", "agent.log", "control"):
        open(os.path.join(job, name), "w").close()
except (IOError, OSError) as e:
    sys.exit("cchq-agent: %s: cannot be made: %s" % (job, e.strerror))
with os.fdopen(out, "w") as pipe:
    pipe.write(text)
PYTHON

umask 077
job=$jobs/$(date -u +%Y%m%dT%H%M%S.%3NZ)-$phase
by=${SUDO_USER:-$(id -un)}
settings=$(PYTHONDONTWRITEBYTECODE=1 "$python" -c "$program" "$code" "$job" "$migration" "$phase" "$by" \
    "$(hostname)" "$version" "$@") || exit 1
a=$(archive)
[ ! -e "$a" ] || options+=("-XX:SharedArchiveFile=$a")

# The agent has the terminal: Ctrl+C and the end of the terminal reach it, and it ends in order. What keeps its output stays
# until that is written; its exit status is there before anyone is told that it ended.
run() {
    trap : INT HUP TERM
    (
        echo "$BASHPID" >"$job/pid.tmp" && mv "$job/pid.tmp" "$job/pid"
        exec 3< <(printf %s "$settings")
        exec "$java" "${options[@]}" -jar "$jar" "$@" --settings /dev/fd/3 --events "$job/events.jsonl" \
            --control "$job/control" --run-by "$by"
    )
    echo $? >"$job/status"
}
keep() {
    trap '' INT HUP TERM
    exec tee -a "$1"
}
trap : INT HUP TERM
{ run "$@" 2>&1 >&4 4>&- | keep "$job/agent.log" >&2 4>&-; } 4>&1 | keep "$job/output.txt"
status=$(cat "$job/status")
mv "$job/status" "$job/exit"
exit "$status"
