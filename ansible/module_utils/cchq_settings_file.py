"""A localsettings.py as text: how the settings of the blob stores are replaced in one that another tool made.

The controller does the same (org.cchq.migrate.render.SettingsFile); a test compares what both make.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import ast
import re

MARK = "# Made by cchq-migrate"
OWNED = (
    "S3_BLOB_DB_SETTINGS",
    "OLD_S3_BLOB_DB_SETTINGS",
    "BLOB_DB_MIGRATING_FROM_S3_TO_S3",
    "BLOB_DB_MIGRATING_FROM_FS_TO_S3",
)
ASSIGNMENT = re.compile(r"([A-Za-z0-9_]+)[ \t]*=(?!=)(.*)", re.DOTALL)
EQUALS = re.compile(r"(?<![=!<>:])=(?!=)")
NOT_A_LITERAL = object()


class UnreadableSettings(Exception):
    """The file cannot be understood, or not be changed line for line."""


class Statement:
    """From the start of a line to the end of the line where its brackets and strings are closed."""

    def __init__(self, line, text, code, bare):
        self.line = line
        self.text = text
        self.code = code
        self.bare = bare
        self.name = self._name()

    def _name(self):
        found = ASSIGNMENT.fullmatch(self.code)
        if not found or ";" in found.group(2) or EQUALS.search(re.sub(r"\([^()]*\)", "", found.group(2))):
            return None
        return found.group(1)

    def value(self):
        try:
            return ast.literal_eval(self.bare[self.bare.index("=") + 1 :].strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return NOT_A_LITERAL

    def mentions(self, name):
        return re.search(r"(?<![A-Za-z0-9_])" + name + r"(?![A-Za-z0-9_])", self.code) is not None


def statements(text):
    """All of them, in order; together they are the whole text."""
    found = []
    at = 0
    line = 1
    while at < len(text):
        statement, at, line = _next(text, at, line)
        found.append(statement)
    return found


def _next(text, begin, first):
    at = begin
    line = first
    depth = 0
    code = []
    bare = []
    while at < len(text):
        char = text[at]
        if char == "\n" and depth == 0:
            code.append(char)
            bare.append(char)
            at += 1
            line += 1
            break
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        if char == "#":
            while at < len(text) and text[at] != "\n":
                at += 1
        elif char in "'\"":
            mark = char * 3 if text.startswith(char * 3, at) else char
            end = _end_of_string(text, at, mark, first)
            line += text.count("\n", at, end)
            code.append(mark + mark)
            bare.append(text[at:end])
            at = end
        else:
            step = 1
            if char == "\\" and at + 1 < len(text):
                step = 3 if text.startswith("\\\r\n", at) else 2
            code.append(text[at : at + step])
            bare.append(text[at : at + step])
            line += text.count("\n", at, at + step)
            at += step
    if depth > 0:
        raise UnreadableSettings(
            "line %d: a bracket that is opened here is never closed; python could not read this file" % first
        )
    return Statement(first, text[begin:at], "".join(code), "".join(bare)), at, line


def _end_of_string(text, begin, mark, first):
    at = begin + len(mark)
    while not text.startswith(mark, at):
        if at >= len(text) or (len(mark) == 1 and text[at] == "\n"):
            raise UnreadableSettings(
                "line %d: a text in quotes is never closed, in the statement that begins on line %d; python could not"
                " read this file" % (first + text.count("\n", begin, at), first)
            )
        at += 2 if text[at] == "\\" and at + 1 < len(text) else 1
    return at + len(mark)


def merge(there, wanted):
    """The text that a host shall have that has the text `there`; one that this tool made is replaced as a whole."""
    old = statements(there)
    if there.startswith(MARK):
        return wanted
    _refuse_what_cannot_be_replaced(old)
    had = {statement.name: statement for statement in old if statement.name in OWNED}
    now = {statement.name: statement for statement in statements(wanted) if statement.name in OWNED}
    merged = ""
    add_at = None
    for statement in old:
        if statement.name not in OWNED:
            merged += statement.text
            continue
        replacement = now.get(statement.name)
        if statement is had[statement.name] and replacement is not None:
            value = statement.value()
            same = value is not NOT_A_LITERAL and value == replacement.value()
            merged = _append(merged, statement.text if same else replacement.text)
        add_at = len(merged)
    added = ""
    for name in OWNED:
        if name in now and name not in had:
            added = _append(added, now[name].text)
    if added:
        at = len(merged) if add_at is None else add_at
        glued = at > 0 and merged[at - 1] != "\n"
        merged = merged[:at] + ("\n" if glued else "") + added + merged[at:]
    return merged


def _append(text, statement):
    return text + ("\n" if text and not text.endswith("\n") else "") + statement


def _refuse_what_cannot_be_replaced(found):
    problems = []
    for statement in found:
        for name in OWNED:
            if statement.mentions(name) and statement.name != name:
                problems.append(
                    "line %d: %s is used here in another way than '%s = ...' at the start of a line, and cannot be"
                    " replaced safely; write it so, or let this tool make the whole file (move this one away)"
                    % (statement.line, name, name)
                )
    if problems:
        raise UnreadableSettings("\n".join(problems))
