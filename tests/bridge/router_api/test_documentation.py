"""The page on the router simulator says what the code does: its tables, its examples, its session."""

from __future__ import annotations

import re

import pytest

from bletui.backends.simulator.options import options
from bletui.bridge.router_api.faults import SORTS, read
from bletui.bridge.router_api.models import MODELS
from bletui.bridge.router_api.profiles import PROFILES
from bletui.cli.simulated import simulated
from bletui.target import parse
from tests.bridge.router_api.client import ask, stream
from tests.bridge.router_api.faulted import served
from tests.bridge.router_api.simulator_page import PAGE, session

ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]


def test_every_fault_and_no_other_has_its_row() -> None:
    found = [match.groups() for row in ROWS if (match := re.match(r"\| `(\w+):(\w+)` \| (.*) \|", row))]
    told = {(sort, how): what for sort, how, what in found if sort in SORTS and not how.isdigit()}
    assert told == {(sort, how): what for sort, words in SORTS.items() for how, what in words.items()}


def test_every_model_and_firmware_is_there() -> None:
    for model in MODELS.values():
        assert f"| `{model.name}` | {model.chips} | {model.slots} |" in ROWS
    assert f"| | {' | '.join(PROFILES)} |" in PAGE


def test_every_example_of_a_fault_is_understood() -> None:
    examples = [text for _, text in re.findall(r"--fault ('?)([a-z]+:[^\s'`]+)\1", PAGE)]
    assert len(examples) >= 8
    for text in examples:
        _, sites = read([text])
        for target in simulated([parse("sim:lab")], faults=sites):
            options(target, "sim", 1.0)


async def answered(port: int, command: list[str]) -> str:
    """What the API says to a curl command; of a stream its first event."""
    url = next(word for word in command if word.startswith("http://"))
    target = url.removeprefix("http://127.0.0.1:8080")
    if "-N" in command:
        async with stream(port, target) as events:
            return await events.block()
    method = command[command.index("-X") + 1] if "-X" in command else "GET"
    body = command[command.index("-d") + 1].encode() if "-d" in command else b""
    return (await ask(port, target, method=method, body=body)).body.decode()


async def test_the_session_is_as_it_says() -> None:
    async with served(box=None) as it:
        commands = list(session())
        assert len(commands) >= 12
        for command, output in commands:
            said = await answered(it.port, command)
            expected, dots, _ = output.partition("…")
            assert said.startswith(expected), command
            assert dots or said == output, command


@pytest.mark.parametrize("heading", ["firmware", "models", "faults", "who-may-call"])
def test_its_links_lead_somewhere(heading: str) -> None:
    assert f"](#{heading})" in PAGE
    assert re.search(rf"^##+ {heading.replace('-', ' ')}$", PAGE, re.IGNORECASE | re.MULTILINE)
