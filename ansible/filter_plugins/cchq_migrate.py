"""Filters of the templates in templates/: values as Python literals and as words of an nginx configuration.

The controller has the same filters (org.cchq.migrate.jinja.ConfigurationFilters); a test compares what both make. A value
that cannot be written safely is refused. No message holds the value of a setting: it may be a secret.
"""

import re
from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
IPV6_ADDRESS = re.compile(r"[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
SERVER_NAME = re.compile(r"(\*\.|\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?(\.\*)?")
PATH = re.compile(r"/[A-Za-z0-9_./@+=:,-]*")
SIZE = re.compile(r"[0-9]{1,15}[kKmMgG]?")
PYTHON_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEYWORDS = frozenset(
    "False None True and as assert async await break class continue def del elif else except finally for from global"
    " if import in is lambda nonlocal not or pass raise return try while with yield".split()
)


def python_literal(value):
    """The value as a literal that Python 3 reads back as the same value: text in single quotes, one line."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise AnsibleFilterError("a number that is not finite cannot be written into localsettings.py")
        return float.__repr__(value)
    if isinstance(value, str):
        return _quoted(str(value))
    if isinstance(value, Mapping):
        entries = ("%s: %s" % (python_literal(key), python_literal(item)) for key, item in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(python_literal(item) for item in value) + "]"
    if type(value).__name__ == "AnsibleVaultEncryptedUnicode":
        return _quoted(str(value))
    raise AnsibleFilterError(
        "a value of the kind '%s' cannot be written into localsettings.py; put it between quotes" % type(value).__name__
    )


def _quoted(text):
    named = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    quoted = []
    for char in text:
        point = ord(char)
        if char in named:
            quoted.append(named[char])
        elif point < 0x20 or 0x7F <= point < 0xA0:
            quoted.append("\\x%02x" % point)
        elif point in (0x2028, 0x2029, 0xFEFF):
            quoted.append("\\u%04x" % point)
        elif 0xD800 <= point < 0xE000:
            raise AnsibleFilterError("half of a surrogate pair cannot be written into localsettings.py")
        else:
            quoted.append(char)
    return "'" + "".join(quoted) + "'"


def python_name(value):
    """The name of a setting: an identifier of ASCII letters, and no keyword."""
    if not isinstance(value, str) or not PYTHON_NAME.fullmatch(value) or value in KEYWORDS:
        raise AnsibleFilterError("'%s' cannot be the name of a setting in localsettings.py" % (value,))
    return value


def nginx_host(value):
    """A host name or address, as it stands before a colon and a port: IPv6 in brackets."""
    text = _word(value)
    if HOST_NAME.fullmatch(text):
        return text
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if IPV6_ADDRESS.fullmatch(bare):
        return "[" + bare + "]"
    raise AnsibleFilterError("'%s' is no host name or address that can be written into an nginx site" % (value,))


def nginx_name(value):
    """A name of a site, or a server name, with a wildcard at one end at most."""
    return _matching(SERVER_NAME, value, "no name")


def nginx_path(value):
    """An absolute path without characters that mean something to nginx."""
    return _matching(PATH, value, "no absolute path")


def nginx_size(value):
    """A number of bytes, or of k, m, g."""
    return _matching(SIZE, value, "no size")


def port_number(value):
    """1 to 65535, as digits."""
    text = _word(value)
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise AnsibleFilterError("'%s' is no port: it must be a whole number from 1 to 65535" % (value,))
    return str(int(text))


def secret_values(values):
    """Every text within, but for names of accounts: what a difference shall not show. Short ones are found by name."""
    found = []
    if isinstance(values, Mapping):
        for key, item in values.items():
            if not str(key).lower().endswith(("username", "_flags", "_url", "_host")):
                found.extend(secret_values(item))
    elif isinstance(values, (list, tuple)):
        for item in values:
            found.extend(secret_values(item))
    elif isinstance(values, str) and len(values) >= 6:
        found.append(str(values))
    return found


def _matching(pattern, value, what):
    text = _word(value)
    if not pattern.fullmatch(text):
        raise AnsibleFilterError("'%s' is %s that can be written into an nginx site" % (value, what))
    return text


def _word(value):
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return str(value)


class FilterModule:
    def filters(self):
        return {
            "python_literal": python_literal,
            "python_name": python_name,
            "nginx_host": nginx_host,
            "nginx_name": nginx_name,
            "nginx_path": nginx_path,
            "nginx_size": nginx_size,
            "port_number": port_number,
            "secret_values": secret_values,
        }
