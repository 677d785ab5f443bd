"""The story that every radio tells, told by the real BlueZ, and the promises of the port kept over it."""

from __future__ import annotations

import pytest

from bletui.backends.local.linux import LinuxBackend
from bletui.backends.local.options import Options
from bletui.model import Owner, Unpair
from bletui.radio import QueuedRadio
from bletui.testing.contract import BackendContract, Subject
from tests.backends.local.told import BARE, ENV, opened
from tests.bluez_vm.stories.peers import MAIN, MUTE, PAIR, connected, handle, uuid
from tests.stories.everywhere.bleak_story import SHEET, BleakStory
from tests.stories.everywhere.devices import Cast
from tests.stories.everywhere.expected import expected, table
from tests.stories.everywhere.story import Story, Told

CAST = Cast(
    values=MAIN,
    readable=uuid(0x10),
    writable=uuid(0x11),
    settled=b"abc",
    unreadable=uuid(0x26),
    short=uuid(0x27),
    long=bytes(9),
    refusing=uuid(0x23),
    guarded=uuid(0x22),
    notifier=MAIN,
    notifying=uuid(0x2B),
    dropper=MAIN,
    ordered=uuid(0x25),
    order=b"drop",
    keyed=PAIR,
    passkey="123456",
    mute=MUTE,
)


async def test_the_same_story_as_on_every_radio(request: pytest.FixtureRequest) -> None:
    radio = QueuedRadio(LinuxBackend(Options("hci0"), ENV, BARE), "local", policy=lambda *_: None)
    await radio.open()
    try:
        seat = await radio.attach(Owner("story"))
        told = await Story(seat, next(iter(seat.snapshot.lanes)), CAST, Told(CAST)).play()
        await seat.perform(Unpair(PAIR, next(iter(seat.snapshot.lanes))), limit=10)
    finally:
        await radio.aclose()
    lines, failures = told
    print(table({"bluez": failures}))
    for line in failures.values():
        request.node.user_properties.append(("kind", line.partition("failed: ")[2].partition(" ")[0]))
    assert lines == expected("local")[0]
    assert failures == expected("local")[1]


class TestContract(BackendContract):
    @pytest.fixture(autouse=True)
    async def subject_of_the_air(self, request: pytest.FixtureRequest, air: None) -> None:
        async with opened("local:hci0", scan=None) as (backend, _):
            tree = await backend.discover(await connected(backend, MAIN), refresh=False, within=10)
        request.instance.subject = Subject(
            open=lambda: LinuxBackend(Options("hci0"), ENV, BARE),
            device=MAIN,
            readable=handle(tree, 0x10),
            writable=handle(tree, 0x11),
            notifying=handle(tree, 0x2B),
            patience=20.0,
        )


async def test_bleaks_own_story_as_on_the_double() -> None:
    assert await BleakStory(CAST, "hci0").play() == list(SHEET)
