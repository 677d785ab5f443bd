"""What a screen can do, a headless command or a plain verb can: every command of the console, or the reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bletui.cli.commands import SUMMARIES
from bletui.cli.grammar import grammar
from bletui.cli.plain.orders import VERBS, parse
from bletui.console.commands import COMMANDS

# What does the same: a line of plain mode, or (after `bletui`) a command line as far as its options.
SAME: dict[str, str] = {
    "app.scan": "list",
    "app.connections": "queue",
    "app.gatt": "gatt 1",
    "app.problems": "problems",
    "app.log": "log",
    "app.answer": "answer yes",
    "app.mark": "mark before the reset",
    "log.filter": "log kind=link.* since=10m",
    "log.clear": "log",
    "log.anonymous": "log --anonymous 40",
    "log.level": "log level>=warning",
    "log.card": "problems",
    "problems.again": "retry 1",
    "app.help": "help",
    "app.simulator": "open sim:",
    "app.radios": "close sim:",
    "app.reload": "reload",
    "app.quit": "quit",
    "scan.details": "bletui scan --json",
    "scan.filter": "filter rssi>=-70",
    "scan.connect": "connect 1",
    "scan.clear": "filter off",
    "scan.active": "scan active",
    "scan.explain": "explain E0601",
    "scan.restart": "scan again",
    "links.connect": "connect 1",
    "links.disconnect": "disconnect 1",
    "links.gatt": "gatt 1",
    "links.cancel": "cancel 1",
    "links.again": "retry 1",
    "links.promote": "raise 1",
    "links.pair": "pair 1",
    "links.adopt": "adopt 1",
    "links.pause": "pause hci0",
    "links.signal": "rssi 1",
    "links.phy": "phy 1 tx=2M rx=1M",
    "links.bonds": "bonds",
    "links.unpair": "unpair 1",
    "links.mine": "disconnect all",
    "tree.read": "read 1 2a00",
    "tree.write": "write 1 2a00 00",
    "tree.deliver": "notify 1 2a19",
    "tree.all": "gatt 1 --values",
    "tree.stop": "cancel 1",
    "tree.command": "write 1 2a00 00 --no-response",
    "tree.fresh": "gatt 1 --refresh",
    "tree.indicate": "notify 1 2a05 --indicate",
    "tree.signal": "rssi 1",
    "tree.pair": "pair 1",
    "tree.phy": "phy 1 2M",
    "tree.lens": "lens 1 2a6e i16 /100 °C",
    "tree.alert": "alert 1 2a19 <20",
    "tree.pick": "alert 1 2a6e low>20",
    "scan.baseline": "baseline on",
    "scan.differing": "baseline show",
    "scan.walk": "walk 1",
    "scan.lanes": "bletui scan --table",
    "scan.pin": "pin 1",
    "scan.hide": "hide 1",
    "scan.undo": "hide 1 off",
    "scan.hidden": "hide",
    "app.alerts": "alert",
    "alerts.remove": "alert 1 2a19 off",
    "card.unfold": "problems",
    "card.restart": "scan again",
    "card.explain": "explain E0601",
    "card.log": "log kind=failure",
    "card.doctor": "bletui doctor",
    "card.reopen": "reopen sim:",
    "card.scheme": "open cassia+https://192.168.1.20",
    "card.pair": "pair 1",
    "card.unpair": "unpair 1",
    "card.clear": "filter off",
    "notice.leave": "answer no",
    "question.accept": "answer yes",
    "question.leave": "answer no",
    "leave.accept": "quit",
}

ON_SCREEN = "moves a cursor, a focus or a dialogue, of which there is none without a screen"
EXCEPT: dict[str, str] = {
    "app.palette": "finds commands by name; without a screen they are typed by name",
    "app.theme": "no colours",
    "app.dismiss": "what was told scrolls away by itself",
    "dialogue.help": "help says how each verb is typed",
    "app.suspend": "ctrl+z is the shell's own there",
    "app.interrupt": "ctrl+c is the terminal's own there, with the same exit code 130",
    "scan.sort": "lists come strongest first; sort(1) does the rest of what JSON lines tell",
    "scan.pause": "Enter alone holds the output in plain mode; it is no verb",
    "tree.filter": "grep does",
    "tree.next": ON_SCREEN,
    "tree.previous": ON_SCREEN,
    "tree.copy": "what was typed is the command to copy; curl and bleak snippets are only made in the console",
    "card.leave": ON_SCREEN,
    "alerts.open": ON_SCREEN,
    "alerts.leave": ON_SCREEN,
    "leave.leave": "who types quit means it",
    "problems.go": ON_SCREEN,
    "problems.copy": "what is told is text already, and the terminal copies it",
    "problems.dismiss": "problems are shown when they are asked for",
    "log.follow": "lines follow by themselves",
    "log.go": ON_SCREEN,
    "log.device": ON_SCREEN,
    "log.next": ON_SCREEN,
    "log.previous": ON_SCREEN,
    "log.select": ON_SCREEN,
    "log.drop": ON_SCREEN,
    "log.copy": "what is told is text already, and the terminal copies it",
    "log.form": "what was typed is the command to copy; curl and bleak snippets are only made in the console",
    "log.save": "log > FILE: what is told through a pipe or into a file stays there",
}
PLACES = {"list", "details", "filter", "sort", "field", "copy", "help", "walk", "choice"}  # wholly ON_SCREEN
IDS = [command.id for command in COMMANDS]
KNOWN = {**SAME, **EXCEPT}


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.place not in PLACES], ids=lambda one: one.id)
def test_each_command_has_its_like_or_a_reason(command: object) -> None:
    assert getattr(command, "id", "") in KNOWN


def test_nothing_is_named_that_is_no_command_or_named_twice() -> None:
    assert set(KNOWN) <= set(IDS)
    assert len(KNOWN) == len(SAME) + len(EXCEPT)
    assert not {one.partition(".")[0] for one in KNOWN} & PLACES


@pytest.mark.parametrize("line", sorted(set(SAME.values())))
def test_its_like_is_there(line: str) -> None:
    if not line.startswith("bletui "):
        assert parse(line) is not None
        return
    _, name, *options = line.split()
    assert name in SUMMARIES
    assert set(options) <= {flag for one in grammar(name).options for flag in one.flags}


def test_the_page_names_every_verb() -> None:
    page = (Path(__file__).parents[3] / "docs" / "plain.md").read_text()
    for name in VERBS:
        assert f"`{name}" in page, name
