"""What is pasted elsewhere: the command parses, the call is the router's, the program compiles; no secret in any."""

from __future__ import annotations

import ast
import shlex
from importlib import import_module

import pytest

from bletui.cli.arguments import bare
from bletui.console.screens.copying import says
from bletui.console.snippets import Action, bleak, command, curl, journey
from bletui.console.spans import words
from bletui.model import NotifyMode, Read, Request, Subscribe, Write
from bletui.target import parse

DEVICE, UUID = "A4:C1:38:0B:7F:2A", "00002a19-0000-1000-8000-00805f9b34fb"
READ = Read(DEVICE, "x/0", handle=0x12)
WRITE = Write(DEVICE, "x/0", handle=0x12, value=b"\x01\xab")
COMMAND = Write(DEVICE, "x/0", handle=0x12, value=b"", response=False)


def action(request: Request, target: str = "cassia://10.0.0.7:8080", cccd: int | None = 0x13) -> Action:
    return Action(parse(target), request, UUID, cccd)


def notify(mode: NotifyMode = "notify") -> Subscribe:
    return Subscribe(DEVICE, "x/0", handle=0x12, mode=mode)


@pytest.mark.parametrize("request_", [READ, WRITE, COMMAND, notify(), notify("indicate")], ids=repr)
def test_each_form_is_one_that_its_reader_takes(request_: Request) -> None:
    made = shlex.split(command(action(request_, "sim:lab?seed=7")))
    assert made[0] == "bletui"
    bare(import_module(f"bletui.cli.{made[1]}"), made[1]).parse_args(made[2:])
    ast.parse(bleak(action(request_)))


def test_how_values_are_read_and_watched_goes_along() -> None:
    target = parse("sim:lab")
    looked = Action(target, notify(), UUID, 0x13, lens="low: u8; high: u8 %", alert="high >30")
    words_ = shlex.split(command(looked))
    assert words_[-4:] == ["--as", "low: u8; high: u8 %", "--alert", "high >30"]
    args = bare(import_module("bletui.cli.notify"), "notify").parse_args(words_[2:])
    assert (args.lens, args.alert.field, args.alert.high) == ("low: u8; high: u8 %", "high", 30.0)
    assert "--alert" not in command(Action(target, READ, UUID, lens="two", alert="<2"))
    assert "--as" not in command(Action(target, WRITE, UUID, lens="two"))


@pytest.mark.parametrize(
    ("request_", "called"),
    [
        (READ, "http://10.0.0.7:8080/gatt/nodes/A4:C1:38:0B:7F:2A/handle/18/value"),
        (WRITE, "http://10.0.0.7:8080/gatt/nodes/A4:C1:38:0B:7F:2A/handle/18/value/01ab"),
        (notify(), "http://10.0.0.7:8080/gatt/nodes/A4:C1:38:0B:7F:2A/handle/19/value/0100"),
        (notify("indicate"), "http://10.0.0.7:8080/gatt/nodes/A4:C1:38:0B:7F:2A/handle/19/value/0200"),
    ],
)
def test_the_routers_call(request_: Request, called: str) -> None:
    assert curl(action(request_)) == f"curl {called}"


def test_an_access_controller_needs_its_router_and_a_token_that_is_not_written_out() -> None:
    said = curl(action(READ, "cassia+https://KEY@ac.example/?router=CC:1B:E0:00:00:01"))
    assert said is not None
    assert "https://ac.example/api/gatt/nodes/" in said
    assert "mac=CC:1B:E0:00:00:01" in said
    assert '"Authorization: Bearer $TOKEN"' in said
    assert "KEY" not in said


def test_without_a_router_or_without_the_configuration_descriptor_there_is_no_call_and_that_is_said() -> None:
    assert curl(action(READ, "sim:")) is None
    assert curl(action(notify(), cccd=None)) is None
    assert any("only for a Cassia router" in words(one) for one in says(action(READ, "sim:")))


def test_the_clipboard_is_not_promised() -> None:
    assert "set-clipboard" in journey(tmux=True)
    assert "ignores" in journey(tmux=False)
