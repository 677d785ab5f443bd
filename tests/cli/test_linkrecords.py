"""docs/json.md, docs/commands.md and the objects and commands themselves say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bletui.__main__ import main
from bletui.cli import linkrecords as made
from bletui.cli.commands import SUMMARIES
from bletui.cli.gattdiff import Difference, difference_object, node
from bletui.cli.narration import object_line
from bletui.cli.script import VERBS
from bletui.decode.attributes import attributes
from bletui.decode.values.alert import Alarm, Rule, Watch
from bletui.failure import ErrorKind, Failure
from bletui.model import Bond, Connect, LinkChanged, Notification, Operation, OpId, Prompt
from tests.cli.table import PEER, TREE, uuid

DOCS = Path(__file__).parents[2] / "docs"
JSON = (DOCS / "json.md").read_text()
COMMANDS = (DOCS / "commands.md").read_text()
LOST = Failure(kind=ErrorKind.LINK_LOST)
BATTERY = next(one for one in attributes(TREE) if one.uuid == uuid(0x2A19))
ASKED = Operation(
    id=OpId("cli/1", 2), request=Connect(PEER.address), state="retrying", started=1.0, limit=20.0, failure=LOST
)
OBJECTS = [
    made.operation_object("x", 1.0, ASKED),
    made.link_object("x", LinkChanged(1.0, PEER, "down", LOST, 247, ("1M", "2M"), True, PEER.address, False)),
    made.disconnected_object("x", PEER.address, [PEER.lane], was_up=True),
    made.listening_object("x", PEER.address),
    made.tree_object(TREE),
    made.attribute_object(PEER, BATTERY, LOST),
    made.value_object(PEER, BATTERY, b"\x60"),
    made.notification_object(BATTERY, Notification(1.0, PEER, 18, b"\x60", False, 3)),
    made.alert_object(
        BATTERY, Notification(1.0, PEER, 18, b"\x60", False, 3), Alarm(Watch(Rule(">20", high=20.0), BATTERY.uuid))
    ),
    made.written_object(PEER, BATTERY, b"\x60", response=True),
    made.pairing_object(PEER, paired=True),
    made.bond_object("x", Bond(PEER.lane, PEER.address, "Thermo")),
    made.prompt_object(Prompt(1.0, 4, PEER, "compare", 31.0, None, "123456")),
    difference_object(Difference(node(BATTERY), None)),
    made.step_object(3, "read 2a19", LOST),
]


@pytest.mark.parametrize("record", OBJECTS, ids=lambda record: str(record["schema"]))
def test_keys_are_those_documented(record: dict[str, Any]) -> None:
    section = JSON.partition(f"## {record['schema']}\n")[2].partition("\n## ")[0]
    assert set(record) - {"schema"} == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert json.loads(object_line(record)) == record


def test_a_value_says_what_it_means() -> None:
    record = made.value_object(PEER, BATTERY, b"\x60")
    assert (record["value"], record["meaning"], record["name"]) == ("60", "96 %", "Battery Level")
    assert record["readings"][0]["value"] == 96
    unread = made.attribute_object(PEER, BATTERY, LOST)
    assert (unread["value"], unread["failure"]["kind"], unread["properties"]) == (None, "link.lost", "rn")


def rows() -> dict[str, tuple[str, str]]:
    found = re.findall(r"^\| `(\w+)` \| `(TARGET[^`]*)` \| .* \| ([^|]+) \|$", COMMANDS, re.MULTILINE)
    return {name: (arguments, json) for name, arguments, json in found}


def test_the_table_of_commands_is_whole() -> None:
    assert set(rows()) == set(SUMMARIES) - {"scan", "doctor", "explain", "backends", "bridge", "config", "completion"}


@pytest.mark.parametrize("name", sorted(rows()))
def test_arguments_are_those_documented(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    usage = capsys.readouterr().out
    positional = usage.partition("positional arguments:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  ([A-Z]+)", positional, re.MULTILINE) == rows()[name][0].replace("…", "").split()
    documented = set(re.findall(r"`(--[a-z-]+)", COMMANDS.partition(f"| `{name}` |")[2].partition("\n")[0]))
    assert documented <= set(re.findall(r"--[a-z-]+", usage))


def test_every_schema_that_the_table_names_is_described() -> None:
    named = {word for _, cell in rows().values() for word in re.findall(r"`([a-z-]+)`", cell)}
    assert named
    assert all(f"## bletui.{word}/1" in JSON for word in named)


def test_the_verbs_of_steps_are_those_documented() -> None:
    sentence = COMMANDS.partition("Verbs: ")[2].partition(".\n")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == set(VERBS)
