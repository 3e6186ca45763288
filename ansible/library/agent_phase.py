#!/usr/bin/python
"""One phase of the agent on this host: started, or followed if it runs already, to its end."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: agent_phase
short_description: Runs a phase of the agent
description:
  - Starts the agent as the controller does, with the same files for each job, so that C(cchq-migrate status) shows it too.
  - The agent goes on if the connection is lost; the next call follows it. A run that was left is taken up by the agent.
  - The settings reach the agent through its standard input only.
options:
  base:
    description: The tool's directory on the host.
    type: path
    required: true
  java:
    description: Program that runs the agent.
    type: path
    required: true
  jar:
    description: The agent.
    type: path
    required: true
  java_options:
    description: Options of the Java.
    type: list
    elements: str
    default: []
  phase:
    description: The phase's name in the job.
    type: str
    required: true
  command:
    description: The agent's command line.
    type: list
    elements: str
    required: true
  settings:
    description: The text of localsettings.py.
    type: str
    required: true
    no_log: true
  run_by:
    description: Who asked.
    type: str
    required: true
  controller:
    description: The machine that asked.
    type: str
    default: ""
  log_directory:
    description: Where the agent writes its log.
    type: str
    default: ""
  wait_seconds:
    description: How long to wait for the end; 0 waits for ever. The agent goes on.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Back-fill
  agent_phase:
    base: /home/cchq/.cchq-migrate
    java: /usr/bin/java
    jar: /home/cchq/.cchq-migrate/agent/SHA256.jar
    phase: back-fill
    command: [run_blob_migration, migrate_backend, --log-dir=/opt/data/blobdb-migration-logs]
    settings: "{{ lookup('template', 'localsettings.py.j2') }}"
    run_by: ops
"""

RETURN = r"""
job:
  description: The job's id.
  type: str
  returned: always
running:
  description: True if it had not ended when the wait was over.
  type: bool
  returned: success
exit:
  description: The agent's exit status.
  type: int
  returned: when it ended
counts:
  description: Counts of the whole pass.
  type: dict
  returned: when the agent counts
session:
  description: Counts of this run of the agent.
  type: dict
  returned: when the agent counts
output:
  description: The last lines that it printed.
  type: list
  elements: str
  returned: when it ended
"""

import datetime
import json
import os
import shlex
import subprocess
import time

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.cchq_settings_file import NOT_A_LITERAL, UnreadableSettings, statements

MIGRATION = "blobs"
FOR_THE_AGENT = (
    "S3_BLOB_DB_SETTINGS",
    "OLD_S3_BLOB_DB_SETTINGS",
    "BLOB_DB_MIGRATING_FROM_S3_TO_S3",
    "BLOB_DB_MIGRATING_FROM_FS_TO_S3",
    "SHARED_DRIVE_CONF",
    "DATABASES",
    "USE_PARTITIONED_DATABASE",
    "PARTITION_DATABASE_CONFIG",
    "COUCH_DATABASES",
)
MEANINGS = {
    1: "settings, log directory, ledger or log files say no; nothing was changed",
    2: "the command line is wrong; nothing was changed",
    3: "a store or database refused or did not answer; the same command goes on",
    4: "blobs are missing, denied, failed or differ",
    5: "differences remain",
    6: "another run holds the ledger",
    7: "stopped by request; the same command goes on",
    70: "internal error; the same command goes on",
    130: "interrupted; the same command goes on",
}


def agent_settings(text):
    values = {}
    for statement in statements(text):
        if statement.name:
            value = statement.value()
            values.pop(statement.name, None)
            if value is not NOT_A_LITERAL:
                values[statement.name] = value
    settings = dict((name, values[name]) for name in FOR_THE_AGENT if name in values)
    if values.get("BLOB_DB_MIGRATING_FROM_FS_TO_S3") and "SHARED_DRIVE_CONF" not in settings:
        settings["SHARED_DRIVE_CONF"] = {"blob_dir": "%s/blobdb" % values.get("SHARED_DRIVE_ROOT", "")}
    return json.dumps(settings)


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except IOError:
        return ""


def alive(directory):
    """A process may have another's number after a reboot: it counts only if its command line names the job."""
    pid = read(os.path.join(directory, "pid")).strip()
    if not pid.isdigit():
        return False
    return "/%s/" % os.path.basename(directory) in read("/proc/%s/cmdline" % pid).replace("\0", " ")


def running_job(base):
    jobs = os.path.join(base, "jobs")
    for name in sorted(os.listdir(jobs) if os.path.isdir(jobs) else [], reverse=True):
        directory = os.path.join(jobs, name)
        try:
            job = json.loads(read(os.path.join(directory, "job.json")))
        except ValueError:
            continue
        ended = os.path.exists(os.path.join(directory, "exit"))
        if job.get("migration") == MIGRATION and not ended and alive(directory):
            return directory, job
    return None, None


def start(params, directory, job):
    os.mkdir(directory, 0o700)
    with open(os.path.join(directory, "job.json"), "w") as file:
        file.write(json.dumps(job) + "\n")
    for name in ("events.jsonl", "output.txt", "agent.log", "control"):
        open(os.path.join(directory, name), "w").close()
    command = (
        [params["java"]]
        + params["java_options"]
        + ["-Xlog:disable", "-Xlog:all=warning:stderr", "-jar", params["jar"]]
        + params["command"]
        + ["--settings", "-", "--events", os.path.join(directory, "events.jsonl")]
        + ["--control", os.path.join(directory, "control"), "--run-by", params["run_by"]]
    )
    script = (
        "exec 3<&0 </dev/null\n"
        "%s <&3 3<&- >output.txt 2>agent.log & p=$!\n"
        "exec 3<&-\n"
        "echo $p > pid.tmp && mv pid.tmp pid\n"
        "wait $p; s=$?; echo $s > exit.tmp; mv exit.tmp exit\n"
    ) % " ".join(shlex.quote(word) for word in command)
    process = subprocess.Popen(
        ["setsid", "sh", "-c", script],
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=True,
    )
    try:
        process.stdin.write(agent_settings(params["settings"]).encode("utf-8"))
        process.stdin.close()
    except IOError:
        pass  # It ended before it had read them; its exit status tells why.
    return process


def ended_event(directory):
    for line in reversed(read(os.path.join(directory, "events.jsonl")).splitlines()[-200:]):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("event") == "ended":
            return event
    return {}


def wait(directory, process, seconds):
    """True if the job has ended. One that is gone without an exit status has ended, too."""
    until = time.time() + seconds if seconds else None
    gone = 0
    while not os.path.exists(os.path.join(directory, "exit")):
        if process:
            process.poll()
        gone = 0 if alive(directory) or (process and process.returncode is None) else gone + 1
        if gone > 20:
            return True
        if until and time.time() > until:
            return False
        time.sleep(0.25)
    return True


def main():
    module = AnsibleModule(
        argument_spec={
            "base": {"type": "path", "required": True},
            "java": {"type": "path", "required": True},
            "jar": {"type": "path", "required": True},
            "java_options": {"type": "list", "elements": "str", "default": []},
            "phase": {"type": "str", "required": True},
            "command": {"type": "list", "elements": "str", "required": True},
            "settings": {"type": "str", "required": True, "no_log": True},
            "run_by": {"type": "str", "required": True},
            "controller": {"type": "str", "default": ""},
            "log_directory": {"type": "str", "default": ""},
            "wait_seconds": {"type": "int", "default": 0},
        },
        supports_check_mode=True,
    )
    params = module.params
    os.umask(0o077)
    directory, job = running_job(params["base"])
    process = None
    if directory and job.get("phase") != params["phase"]:
        module.fail_json(
            msg="another run is going on: %s, started by %s" % (job.get("id"), job.get("by")), job=job.get("id")
        )
    if module.check_mode:
        module.exit_json(
            skipped=True, job="", msg="would %s the phase %s" % ("follow" if directory else "start", params["phase"])
        )
    if not directory:
        now = datetime.datetime.utcnow()
        identity = "%s%03dZ-%s" % (now.strftime("%Y%m%dT%H%M%S."), now.microsecond // 1000, params["phase"])
        directory = os.path.join(params["base"], "jobs", identity)
        job = {
            "id": identity,
            "migration": MIGRATION,
            "phase": params["phase"],
            "command": params["command"],
            "by": params["run_by"],
            "controller": params["controller"],
            "version": "",
            "log_directory": params["log_directory"],
        }
        try:
            process = start(params, directory, job)
        except (UnreadableSettings, OSError) as problem:
            module.fail_json(msg="the agent could not be started: %s" % problem, job=identity)
    if not wait(directory, process, params["wait_seconds"]):
        module.exit_json(changed=True, running=True, job=job["id"], msg="it goes on; the same call follows it")
    finish(module, directory, job)


def finish(module, directory, job):
    code = read(os.path.join(directory, "exit")).strip()
    event = ended_event(directory)
    session = event.get("session") or {}
    result = {
        "job": job["id"],
        "running": False,
        "exit": int(code) if code.isdigit() else -1,
        "counts": event.get("counts") or {},
        "session": session,
        "log": event.get("log", ""),
        "next": event.get("next", ""),
        "output": read(os.path.join(directory, "output.txt")).splitlines()[-50:],
    }
    result["changed"] = any(session.get(name, 0) > 0 for name in ("copied", "orphans_removed", "filled"))
    if result["exit"] == 0:
        module.exit_json(ansible_facts={"cchq_migrate_%s" % job["phase"].replace("-", "_"): result["counts"]}, **result)
    complaint = read(os.path.join(directory, "agent.log")).strip().splitlines()[-20:]
    meaning = "the process was killed" if not code else MEANINGS.get(result["exit"], "exit status %s" % code)
    module.fail_json(msg="\n".join([meaning] + complaint), **result)


if __name__ == "__main__":
    main()
