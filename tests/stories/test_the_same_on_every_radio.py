"""The one story over the simulator, a router, and BlueZ's double: the same lines, or a reason why not."""

from __future__ import annotations

import asyncio

import pytest

from bletui.backend import Backend, Env
from bletui.backends.cassia import open_target as over_a_router
from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.options import Options
from bletui.backends.simulator import open_target as simulated
from bletui.model import Owner
from bletui.radio import QueuedRadio
from bletui.target import parse
from bletui.testing.fakebluez import FakeBluez
from bletui.testing.fakebluez.desk import DESK as EVERYBODY
from tests.backends.cassia.heard import target_of
from tests.backends.cassia.serving import router_api
from tests.backends.local.told import BARE
from tests.stories.everywhere.devices import DESK, LAB_SITE, Cast
from tests.stories.everywhere.expected import FAILURES, OTHERWISE, SHEET, expected, table
from tests.stories.everywhere.story import Story, Told

Played = tuple[list[str], dict[str, str]]


async def played(backend: Backend, cast: Cast) -> Played:
    """The story over the backend's first lane, without retries: those would hide what each call says."""
    radio = QueuedRadio(backend, "radio", policy=lambda *_: None)
    await radio.open()
    try:
        seat = await radio.attach(Owner("story"))
        return await Story(seat, next(iter(seat.snapshot.lanes)), cast, Told(cast)).play()
    finally:
        await radio.aclose()


async def on_sim() -> Played:
    return await played(simulated(parse("sim:lab?speed=50"), Env("radio")), LAB_SITE)


async def on_cassia() -> Played:
    async with router_api("sim:lab?chips=1&speed=50", speed=1.0) as url:
        return await played(over_a_router(parse(target_of(url)), Env("radio")), LAB_SITE)


async def on_local(monkeypatch: pytest.MonkeyPatch) -> Played:
    async with FakeBluez(peripherals=EVERYBODY) as fake:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", fake.address)
        return await played(LinuxBackend(Options(), Env("radio"), BARE), DESK)


async def test_every_radio_tells_the_same_story(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asyncio.TaskGroup() as group:
        playing = {
            "sim": group.create_task(on_sim()),
            "cassia": group.create_task(on_cassia()),
            "local": group.create_task(on_local(monkeypatch)),
        }
    told = {radio: task.result() for radio, task in playing.items()}
    print(table({radio: failures for radio, (_, failures) in told.items()}))
    for radio, (lines, failures) in told.items():
        assert (radio, lines) == (radio, expected(radio)[0])
        assert (radio, failures) == (radio, expected(radio)[1])


def test_no_difference_is_allowed_that_does_not_exist() -> None:
    for radio, differing in OTHERWISE.items():
        for line, (other, reason) in differing.items():
            assert line in SHEET or line in FAILURES, f"{radio}: {line} is no line of the story"
            assert other not in (line, FAILURES.get(line)), f"{radio}: {line} is no difference"
            assert len(reason.split()) > 3
