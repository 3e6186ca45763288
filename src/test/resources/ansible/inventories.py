"""Reads inventories with the code of ansible-inventory: file names on stdin, one JSON line a file on stdout.

"list" is what `ansible-inventory --list` prints; "flat" are the hosts of each group with those of its children; "error" tells
why the ini plugin cannot read the file.
"""
import json
import sys

from ansible import constants
from ansible.cli.inventory import InventoryCLI
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.inventory.ini import InventoryModule
from ansible.utils.context_objects import GlobalCLIArgs


def answer(path):
    try:
        InventoryModule().parse(InventoryData(), DataLoader(), path)
    except Exception as e:
        return {"error": str(e)}
    GlobalCLIArgs._Singleton__instance = None
    cli = InventoryCLI(["ansible-inventory", "-i", path, "--list"])
    cli.parse()
    cli.loader, cli.inventory, cli.vm = cli._play_prereqs()
    return {
        "list": cli.json_inventory(cli._get_group("all")),
        "flat": {name: [host.name for host in group.get_hosts()] for name, group in cli.inventory.groups.items()},
    }


for line in sys.stdin.read().splitlines():
    print(json.dumps(answer(line), cls=AnsibleJSONEncoder, sort_keys=False, preprocess_unsafe=True))
