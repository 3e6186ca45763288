"""Evaluates cases with the real Ansible: JSON on stdin, one JSON line a case on stdout.

A case: {"variables": {...}, "text": "..."} is evaluated as the value of a variable; with "template": true rendered as the
template module renders a file. A variable {"!unsafe": "..."} is a text that must not be evaluated.
"""
import json
import sys
import warnings

warnings.simplefilter("ignore")
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var


def variable(value):
    if isinstance(value, dict):
        if list(value) == ["!unsafe"]:
            return wrap_var(value["!unsafe"])
        return {key: variable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [variable(item) for item in value]
    return value


def shown(value):
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "bool " + str(value)
    if isinstance(value, int):
        return "int " + str(value)
    if isinstance(value, float):
        return "float " + repr(value)
    if isinstance(value, str):
        return "text " + json.dumps(value)
    if isinstance(value, dict):
        return "map {" + ", ".join(shown(key) + " = " + shown(item) for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "list [" + ", ".join(shown(item) for item in value) + "]"
    return "other " + type(value).__name__


for case in json.load(sys.stdin):
    templar = Templar(loader=DataLoader(), variables=variable(case["variables"]))
    try:
        if case.get("template"):
            result = templar.do_template(case["text"], preserve_trailing_newlines=True, escape_backslashes=False)
        else:
            result = templar.template(case["text"])
        print(json.dumps({"value": shown(result)}))
    except Exception as e:
        print(json.dumps({"error": str(e)}))
