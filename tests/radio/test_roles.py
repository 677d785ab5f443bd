"""Every call, whatever link it is about and whoever makes it, against `roles.tsv`: in this process and over bridges.

A link is `mine` (the caller asked for it), `shared` (somebody else did too), `another's`, or `foreign` (none of this
radio's). `nobody` is who has left their seat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import groupby
from pathlib import Path
from typing import get_args

import pytest

from bletui.failure import BleError
from bletui.model import (
    Bond,
    Connect,
    Disconnect,
    Discover,
    LinkChanged,
    ListBonds,
    OpId,
    Owner,
    Pair,
    Peer,
    Phy,
    Read,
    ReadRssi,
    Request,
    Role,
    ScanRequest,
    SetPhy,
    Subscribe,
    Unpair,
    Write,
)
from bletui.radio import Attachment, Radio
from bletui.wire import records
from tests.radio.playing import at_once
from tests.radio.scripted import ScriptedBackend
from tests.radio.through import opened

LINES = (Path(__file__).parent / "roles.tsv").read_text().splitlines()
COLUMNS = ("operator", "reader", "viewer", "nobody")
ROWS = [dict(zip(LINES[0].split("\t"), line.split("\t"), strict=True)) for line in LINES[1:]]
TABLE = {call: list(rows) for call, rows in groupby(ROWS, key=lambda row: row["call"])}
PHY = Phy("2M", "2M")

REQUESTS: dict[str, Callable[[str], Request]] = {
    "connect": lambda address: Connect(address),
    "connect and pair": lambda address: Connect(address, pair=True),
    "disconnect": lambda address: Disconnect(address),
    "disconnect by force": lambda address: Disconnect(address, force=True),
    "discover": lambda address: Discover(address),
    "read": lambda address: Read(address, handle=3),
    "subscribe": lambda address: Subscribe(address, handle=3, mode="notify"),
    "unsubscribe": lambda address: Subscribe(address, handle=3, mode="off"),
    "rssi": lambda address: ReadRssi(address),
    "write": lambda address: Write(address, handle=3, value=b"x"),
    "set phy": lambda address: SetPhy(address, tx=("2M",)),
    "pair": lambda address: Pair(address),
    "unpair": lambda address: Unpair(address, "a"),
    "bonds": lambda address: ListBonds(),
}
CALLS: dict[str, Callable[[Attachment, str], Awaitable[object]]] = {
    "adopt": lambda seat, address: seat.adopt(Peer("a", address)),
    "scan": lambda seat, _: seat.scan(ScanRequest()),
    "rescan": lambda seat, _: seat.rescan(),
    "cancel own": lambda seat, _: seat.cancel(OpId(f"{seat.owner.id}/x", 1)),
    "cancel another's": lambda seat, _: seat.cancel(OpId("you", 1)),
    "promote": lambda seat, _: seat.promote(OpId("you", 1)),
    "retry now": lambda seat, _: seat.retry_now(OpId("you", 1)),
    "pause": lambda seat, _: seat.pause("a"),
    "resume": lambda seat, _: seat.resume("a"),
    "answer": lambda seat, _: seat.answer(1, "yes"),
    "history": lambda seat, _: seat.history(0.0),
    "detach": lambda seat, _: seat.detach(keep=False),
    "another's name": lambda seat, address: seat.perform(Read(address, handle=3), op=OpId("you", 1)),
}


class Willing(ScriptedBackend):
    """Does whatever a backend may be asked for, and remembers for which address."""

    async def unpair(self, peer: Peer, *, within: float) -> None:
        await self._play("unpair", peer)

    async def rssi(self, peer: Peer, *, within: float) -> int:
        await self._play("rssi", peer)
        return -60

    async def set_phy(self, peer: Peer, *, tx: tuple[str, ...], rx: tuple[str, ...], within: float) -> Phy:
        await self._play("set_phy", peer)
        return PHY

    async def bonds(self) -> tuple[Bond, ...]:
        return ()

    async def answer(self, prompt: int, value: str | None) -> None:
        self.calls.append(("answer", str(prompt)))


class Table:
    """One radio, and the cells that are tried there: each with a device and a caller of its own."""

    def __init__(self, radio: Radio, backend: Willing, you: Attachment) -> None:
        self._radio = radio
        self._backend = backend
        self._you = you
        self._free = (f"AA:00:00:00:00:{n:02X}" for n in range(256))

    async def cell(self, call: str, link: str, column: str) -> str:
        address = next(self._free)
        seat = await self._seated(column, link, address)
        before = self._done(address)
        asked = CALLS[call](seat, address) if call in CALLS else seat.perform(REQUESTS[call](address))
        found = await outcome(asked)
        if found not in ("ok", "link.not-connected"):
            assert self._done(address) == before, f"{found}, and done all the same"
        return found

    async def _seated(self, column: str, link: str, address: str) -> Attachment:
        """The caller, who was operator while the link was made; `nobody` has just left."""
        owner = Owner(f"me-{address[-2:]}-{column}")
        me = await self._radio.attach(owner)
        if link in ("another's", "shared"):
            await self._you.connect(address)
        if link in ("mine", "shared"):
            await me.connect(address)
        if link == "foreign":
            self._backend.say(LinkChanged(1.0, Peer("a", address), "up"))
        await me.detach(keep=True)
        return me if column == "nobody" else await self._radio.attach(Owner(owner.id, column))  # type: ignore[arg-type]

    def _done(self, address: str) -> tuple[int, int]:
        return sum(address in call for call in self._backend.calls), len(self._backend.wishes)


async def outcome(call: Awaitable[object]) -> str:
    try:
        async with asyncio.timeout(5):
            await call
    except BleError as failed:
        return str(failed.failure.kind.value)
    return "ok"


def test_the_table_has_every_request_every_role_and_every_call_of_a_seat() -> None:
    assert {type(make("")) for make in REQUESTS.values()} == set(records.REQUESTS.values())
    assert {*get_args(Role), "nobody"} == set(COLUMNS)
    assert {*REQUESTS, *CALLS} == set(TABLE)
    called = {name for call in CALLS.values() for name in call.__code__.co_names} | {"connect", "events"}
    asks_nothing = {"owner", "snapshot", "log", "going"}
    assert {name for name in vars(Attachment) if not name.startswith("_")} <= called | asks_nothing


@pytest.mark.every_way
@pytest.mark.parametrize("name", TABLE)
async def test_who_may_do_what(name: str) -> None:
    backend = Willing()
    radio = await opened(backend, policy=at_once)
    try:
        table = Table(radio, backend, await radio.attach(Owner("you")))
        for row in TABLE[name]:
            found = {column: await table.cell(name, row["link"], column) for column in COLUMNS}
            assert {"call": name, "link": row["link"], **found} == row
    finally:
        await radio.aclose()
