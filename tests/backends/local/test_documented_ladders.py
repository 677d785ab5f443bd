"""docs/local.md shows what the doctor prints in five broken situations; each is made here, and printed again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import takewhile
from pathlib import Path

import pytest

from bletui.backends.local.ladder import climb
from bletui.backends.local.machine import Machine
from bletui.backends.local.options import options
from bletui.backends.local.patience import Patience
from bletui.doctor import ACTION, Ladder, ladder_lines, rung_line
from bletui.errors.card import card
from bletui.target import parse
from bletui.testing.fakebluez import FakeBluez
from tests.backends.local.told import BARE, ENV

DOCS = Path(__file__).parents[3] / "docs" / "local.md"
DENYING = '<policy context="mandatory"><deny send_destination="org.bluez"/></policy>'
CHANGES = {  # what is another in every run
    r"unix:path=\S+": "unix:path=/run/dbus/system_bus_socket",
    r"owned by :1\.\d+, process \d+": "owned by :1.4, process 812",
    r", \d+ ms": ", 1 ms",
    r"(Rejected send message)[^\n]*(, 1 ms)": r"\1 …\2",
}


async def crash(fake: FakeBluez) -> None:
    await fake.crash()


async def unplug(fake: FakeBluez) -> None:
    fake.unplug("hci0")


async def switch_off(fake: FakeBluez) -> None:
    fake.adapters["hci0"].set_powered(False)


async def block(fake: FakeBluez) -> None:
    fake.adapters["hci0"].block(True)


async def leave(fake: FakeBluez) -> None:
    pass


BROKEN = {
    "bluetoothd does not run": crash,
    "no adapter": unplug,
    "switched off": switch_off,
    "blocked by rfkill": block,
    "denied by the bus": leave,
}


@asynccontextmanager
async def situation(name: str, root: Path) -> AsyncIterator[tuple[FakeBluez, Machine]]:
    denied = name == "denied by the bus"
    if denied:
        (root / "etc/dbus-1/system.d").mkdir(parents=True)
        (root / "etc/dbus-1/system.d/bluetooth.conf").write_text(f"<busconfig>{DENYING}</busconfig>")
    if name != "no adapter":
        (root / "sys/class/bluetooth/hci0").mkdir(parents=True)
    async with FakeBluez(policy=DENYING if denied else "") as fake:
        await BROKEN[name](fake)
        yield fake, replace(BARE, root=root)


def printed(ladder: Ladder) -> Iterator[str]:
    """The lines up to the first remedy; without the rungs that were not climbed."""
    for rung in ladder.rungs:
        if not rung.evidence.endswith("comes first") and rung.name != "surroundings":
            yield rung_line(rung)
    told = [line for line in ladder_lines(ladder, partial(card, keys=False, besides=ACTION)) if line]
    yield told[0]
    start = next(n for n, line in enumerate(told) if line.startswith("  1. "))
    yield from takewhile(lambda line: not re.match(r"  (2\.|retry)", line), told[start:])


def steady(lines: Iterator[str], root: Path) -> str:
    text = "\n".join(lines).replace(str(root), "")
    for pattern, shown in CHANGES.items():
        text = re.sub(pattern, shown, text)
    return text


def documented() -> dict[str, str]:
    """The blocks under `## When it does not work`, by the words before them."""
    chapter = DOCS.read_text().partition("## When it does not work")[2].partition("\n## ")[0]
    return dict(re.findall(r"^([^\n]+):\n\n?```\n(.*?)\n```", chapter, flags=re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("name", BROKEN)
async def test_it_prints_what_the_page_shows(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with situation(name, tmp_path) as (fake, machine):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        rungs = [rung async for rung in climb(options(parse("local:")), ENV, machine, Patience())]
    assert steady(printed(Ladder("local:", tuple(rungs))), tmp_path) == documented().get(name)


def test_the_page_shows_no_other() -> None:
    assert documented().keys() == BROKEN.keys()
