#!/usr/bin/python
"""Files that a host shall have and shall not have, put in place together, checked, and taken back if the check fails."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: host_files
short_description: Puts files in place together
description:
  - Compares files, links and absent paths with what the host has, and puts what differs in place.
  - A check command that fails has everything taken back, and the task fails.
  - The difference that diff mode shows has its secrets masked.
options:
  files:
    description: What the host shall have, in the order in which it is put in place.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Absolute. For C(no_other) a directory and a shell pattern.
        type: str
        required: true
      state:
        description:
          - C(file) is a file with just that content, C(link) a symbolic link, C(absent) nothing.
          - C(no_other) is nothing that matches, but for what the list names otherwise.
          - C(replaced) is a part of a file that is there; everything else in it stays.
          - C(settings) is a localsettings.py; in one that another tool made only the settings of the blob stores change.
        type: str
        choices: [file, link, absent, no_other, replaced, settings]
        required: true
      content:
        description: All of the file.
        type: str
        no_log: true
      target:
        description: Of a link.
        type: str
      owner:
        description: The account.
        type: str
      group:
        description: Empty for the account's own.
        type: str
      mode:
        description: As chmod takes it.
        type: str
      pattern:
        description: A regular expression.
        type: str
      replacement:
        description: Taken literally.
        type: str
  check_command:
    description: Must succeed with the files in place. Empty for none.
    type: str
    default: ""
  secret_values:
    description: Values that are never shown.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Put one file in place
  host_files:
    files:
      - {path: /etc/nginx/sites-available/east_riakcs_8080, state: file, content: "...", mode: "0644"}
    check_command: nginx -t
"""

RETURN = r"""
paths:
  description: The paths that were changed, or would be.
  type: list
  elements: str
  returned: always
"""

import difflib
import glob
import grp
import os
import pwd
import re
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.cchq_settings_file import UnreadableSettings, merge

MASK = "********"
SECRET_NAME = re.compile(
    r"(?<![A-Za-z0-9_.-])['\"]?[A-Za-z0-9_.-]*(?:access[_-]?key|secret|passw|passphrase|token|private[_-]?key|api[_-]?key"
    r"|credential|signing[_-]?key|_dsn|_salt|encryption[_-]?key)[A-Za-z0-9_.-]*['\"]?\]?\s*[:=](?!=)\s*",
    re.IGNORECASE,
)
STRING = re.compile(r"'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL)
PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)")


class Refused(Exception):
    """The files cannot be put in place; nothing was changed."""


class Found:
    """What a path has."""

    def __init__(self, path):
        self.path = path
        self.link = os.path.islink(path)
        self.target = os.readlink(path) if self.link else None
        self.there = os.path.lexists(path)
        self.content = None
        self.stat = None
        if self.there and not self.link:
            if not os.path.isfile(path):
                raise Refused("%s is no file" % path)
            self.stat = os.stat(path)
            with open(path, "rb") as file:
                self.content = file.read()

    def text(self):
        try:
            return (self.content or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("%s is not UTF-8 text; look at it, and move it away if it is not needed" % self.path)

    def describe(self):
        if self.link:
            return "link to %s" % self.target
        if not self.there:
            return ""
        return "%04o %s:%s" % (self.stat.st_mode & 0o7777, _user_name(self.stat.st_uid), _group_name(self.stat.st_gid))


class Change:
    """One path that is not as it shall be. Content None: a link, or nothing."""

    def __init__(self, found, content=None, target=None, owner=None, mode=None):
        self.found = found
        self.content = content
        self.target = target
        self.owner = owner
        self.mode = mode

    def put(self):
        beside = os.path.dirname(self.found.path)
        if self.target is not None:
            name = tempfile.mktemp(prefix=".cchq-migrate-", dir=beside)
            os.symlink(self.target, name)
            os.rename(name, self.found.path)
        elif self.content is None:
            os.unlink(self.found.path)
        else:
            _write(self.found.path, self.content, self.owner, self.mode)

    def take_back(self):
        found = self.found
        if found.link:
            name = tempfile.mktemp(prefix=".cchq-migrate-", dir=os.path.dirname(found.path))
            os.symlink(found.target, name)
            os.rename(name, found.path)
        elif found.there:
            _write(found.path, found.content, (found.stat.st_uid, found.stat.st_gid), found.stat.st_mode & 0o7777)
        elif os.path.lexists(found.path):
            os.unlink(found.path)

    def describe(self):
        if self.target is not None:
            return "link to %s" % self.target
        if self.content is None:
            return "removed"
        return "%04o %s:%s" % (self.mode, _user_name(self.owner[0]), _group_name(self.owner[1]))


def _write(path, content, owner, mode):
    handle, name = tempfile.mkstemp(prefix=".cchq-migrate-", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        stat = os.stat(name)
        if (stat.st_uid, stat.st_gid) != owner:
            os.chown(name, owner[0], owner[1])
        os.chmod(name, mode)
        os.rename(name, path)
    except BaseException:
        if os.path.lexists(name):
            os.unlink(name)
        raise


def _user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _group_name(gid):
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _owner(wanted):
    try:
        account = pwd.getpwnam(wanted["owner"]) if wanted["owner"] else pwd.getpwuid(os.geteuid())
        return account.pw_uid, grp.getgrnam(wanted["group"]).gr_gid if wanted["group"] else account.pw_gid
    except KeyError:
        raise Refused(
            "%s: the host has no account %s, or no group %s"
            % (wanted["path"], wanted["owner"] or "of the login user", wanted["group"] or "of its own")
        )


def changes_for(files):
    named = set(wanted["path"] for wanted in files if wanted["state"] != "no_other")
    changes = []
    for wanted in files:
        if wanted["state"] == "no_other":
            for path in sorted(glob.glob(wanted["path"])):
                if path not in named:
                    named.add(path)
                    changes.append(Change(Found(path)))
            continue
        if not os.path.isdir(os.path.dirname(wanted["path"])):
            if wanted["state"] in ("absent", "replaced"):
                continue
            raise Refused("the directory of %s is not there" % wanted["path"])
        change = _change(wanted, Found(wanted["path"]))
        if change:
            changes.append(change)
    return changes


def _change(wanted, found):
    state = wanted["state"]
    if state == "absent":
        return Change(found) if found.there else None
    if state == "link":
        return None if found.link and found.target == wanted["target"] else Change(found, target=wanted["target"])
    if state == "replaced":
        if not found.there:
            return None
        if found.link:
            raise Refused("%s is a link; expected a file, of which only a part is to be changed" % found.path)
        text = re.sub(wanted["pattern"], lambda match: wanted["replacement"], found.text())
        content = text.encode("utf-8")
        if content == found.content:
            return None
        return Change(found, content, None, (found.stat.st_uid, found.stat.st_gid), found.stat.st_mode & 0o7777)
    text = wanted["content"]
    if state == "settings" and found.content is not None:
        try:
            text = merge(found.text(), text)
        except UnreadableSettings as refused:
            raise Refused("\n".join("%s: %s" % (found.path, line) for line in str(refused).split("\n")))
    change = Change(found, text.encode("utf-8"), None, _owner(wanted), int(wanted["mode"], 8))
    same = (
        found.content == change.content
        and (found.stat.st_uid, found.stat.st_gid) == change.owner
        and found.stat.st_mode & 0o7777 == change.mode
    )
    return None if same else change


class Masking:
    """Hides secrets in text that a person is shown, line for line."""

    def __init__(self, values):
        spellings = set()
        for value in values:
            for line in value.splitlines():
                escaped = line.strip().replace("\\", "\\\\")
                spellings.update([line.strip(), escaped.replace("'", "\\'"), escaped.replace('"', '\\"')])
        self.spellings = sorted((text for text in spellings if len(text) >= 6), key=len, reverse=True)

    def masked(self, text):
        masked = []
        at = 0
        for name in SECRET_NAME.finditer(text):
            value = STRING.match(text, name.end())
            if name.start() >= at and value:
                masked.append(text[at : name.end()] + "'" + MASK + "'" + "\n" * value.group().count("\n"))
                at = value.end()
        text = PASSWORD_IN_ADDRESS.sub(MASK, "".join(masked) + text[at:])
        for spelling in self.spellings:
            text = text.replace(spelling, MASK)
        return text


def _lines(text):
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines[:-1] + [lines[-1] + " \\ no end of line"]


def difference(change, masking):
    """A unified diff of the true lines, which shows the masked ones."""
    found = change.found
    before = (found.content or b"").decode("utf-8", "replace")
    after = (change.content or b"").decode("utf-8", "replace")
    old, new = _lines(before), _lines(after)
    shown_old, shown_new = _lines(masking.masked(before)), _lines(masking.masked(after))
    lines = [
        "--- %s  (%s)" % (found.path if found.there else "/dev/null", found.describe() or "not there"),
        "+++ %s  (%s)" % (found.path, change.describe()),
    ]
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3):
        lines.append("@@ -%d +%d @@" % (group[0][1] + 1, group[0][3] + 1))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines.extend(" " + line for line in shown_old[i1:i2])
            else:
                lines.extend("-" + line for line in shown_old[i1:i2])
                lines.extend("+" + line for line in shown_new[j1:j2])
    return {"prepared": "\n".join(lines) + "\n"}


def put(module, changes, check_command):
    done = []
    try:
        for change in changes:
            done.append(change)
            change.put()
    except OSError as error:
        _take_back(done)
        module.fail_json(msg="could not be put in place, all was taken back: %s" % error)
    if check_command:
        code, out, err = module.run_command(["sh", "-c", check_command])
        if code != 0:
            _take_back(done)
            module.fail_json(
                msg="'%s' failed, all was taken back:\n%s" % (check_command, (out + err).strip()),
                paths=[change.found.path for change in changes],
            )


def _take_back(done):
    for change in reversed(done):
        change.take_back()


def main():
    module = AnsibleModule(
        argument_spec={
            "files": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "path": {"type": "str", "required": True},
                    "state": {
                        "type": "str",
                        "required": True,
                        "choices": ["file", "link", "absent", "no_other", "replaced", "settings"],
                    },
                    "content": {"type": "str", "no_log": True},
                    "target": {"type": "str"},
                    "owner": {"type": "str"},
                    "group": {"type": "str"},
                    "mode": {"type": "str"},
                    "pattern": {"type": "str"},
                    "replacement": {"type": "str"},
                },
                "required_if": [
                    ("state", "file", ["content", "mode"]),
                    ("state", "settings", ["content", "mode"]),
                    ("state", "link", ["target"]),
                    ("state", "replaced", ["pattern", "replacement"]),
                ],
            },
            "check_command": {"type": "str", "default": ""},
            "secret_values": {"type": "list", "elements": "str", "default": [], "no_log": True},
        },
        supports_check_mode=True,
    )
    try:
        changes = changes_for(module.params["files"])
        masking = Masking(module.params["secret_values"])
        differences = [difference(change, masking) for change in changes]
        if changes and not module.check_mode:
            put(module, changes, module.params["check_command"])
    except (Refused, OSError) as refused:
        module.fail_json(msg=str(refused))
    module.exit_json(changed=bool(changes), diff=differences, paths=[change.found.path for change in changes])


if __name__ == "__main__":
    main()
