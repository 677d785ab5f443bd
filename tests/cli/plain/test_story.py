"""The queue of ten at a busy site, by typing lines alone: connect, retry, read, write, notify, passkey, failure."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.lab import PASSKEY, address
from bletui.clock import Clock
from bletui.testing.virtual_time import run
from tests.backends.cassia.heard import target_of
from tests.backends.cassia.serving import router_api
from tests.cli.plain.typist import Typist, typist

BUSY = "sim:lab?lanes=3&devices=12&seed=1&fault=connect:busy:40%,connect:failed:20%"
ROUTER = "sim:lab?chips=2&speed=5&devices=12&seed=3"
ECHO, LOCKED, RESETS = address("UART echo"), address(f"passkey {PASSKEY}"), address("resets")
TEN = [*(address(str(n)) for n in range(1, 8)), ECHO, LOCKED, RESETS]


async def play(desk: Typist, *trouble: str) -> None:
    """`trouble`: what is said of it on the way."""
    await desk.until(lambda: " new: " in desk.paper.said)
    said = await desk.type("connect " + " ".join(TEN), "waits behind", *trouble)
    await desk.until(lambda: all(f"connect {one}: connected in" in desk.since for one in TEN))
    assert said.index("waits behind") < desk.since.index("connected in")
    number = desk.desk.numbers.of(ECHO)
    await desk.type(f"read {TEN[0]} 2a19", " %\n")
    await desk.type(f"notify #{number} 'uart tx'", ": notify\n")
    await desk.type(f"wr {number} 'uart rx' text:ping", "70 69 6e 67", "written\n", f"#{number} {ECHO}  ", '"ping"')
    await desk.type(f"pair 'passkey {PASSKEY}'", "which passkey does the device show?")
    await desk.type(PASSKEY, ": paired\n")
    await fail(desk)
    await desk.type("disconnect all")
    await desk.until(lambda: all(f"{one}: disconnected" in desk.paper.said for one in TEN))
    assert not [link for _, link in desk.desk.links() if not link.foreign]


async def fail(desk: Typist) -> None:
    """A write after which the device drops the link, and a read over it: code, title, one thing to try."""
    tree = await desk.type(f"gatt {RESETS}", "attributes", "2901")
    assert "Generic Access" in tree
    await desk.type(f"write {RESETS} 0x0017 01", f"{RESETS}: disconnected: E", "; try: ")
    said = await desk.type(f"read {RESETS} 2a00", "E0207 link.not-connected", "; try: ")
    assert said.count("\n") == 1


def test_on_the_simulator() -> None:
    async def story() -> None:
        async with typist(BUSY) as desk:
            await play(desk, "retry in", "E0601 busy.chip")

    run(story)


async def test_through_a_router() -> None:
    async with router_api(ROUTER, speed=5.0) as url, typist(target_of(url), clock=Clock()) as desk:
        await play(desk)


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BLETUI_LIMIT", "BLETUI_DEADLINE"):
        monkeypatch.delenv(name, raising=False)
