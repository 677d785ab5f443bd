"""bleak's reports as advertisements, and how they leave together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bleak.backends.scanner import AdvertisementData

from bletui.backends.local.adverts import from_bluez, from_desktop
from bletui.backends.local.outlet import Outlet
from bletui.clock import Clock
from bletui.model import AdvertisedFields, Advertisement, Event, Shed, StreamChanged

HEARD = Advertisement(1.0, "x", "C0:00:00:00:00:01", "random", -60)


def report(name: str | None = None, rssi: int = -60, **device: object) -> AdvertisementData:
    return AdvertisementData(
        name, {76: b"\x02"}, {}, [], None, rssi, ("/path", {"Address": "c0:00:00:00:00:01", **device})
    )


def test_bluez_tells_the_address_type_and_an_unknown_word_is_none() -> None:
    for word, kind in (("public", "public"), ("random", "random"), ("martian", None), (7, None)):
        heard = from_bluez(1.0, "x", report(RSSI=-60, AddressType=word))
        assert heard is not None
        assert heard.address_type == kind
        assert heard.address == "C0:00:00:00:00:01"


def test_without_rssi_nothing_was_heard() -> None:
    assert from_bluez(1.0, "x", report(rssi=-127)) is None


def test_a_desktop_gives_an_opaque_address_and_maybe_no_rssi() -> None:
    heard = from_desktop(1.0, "x", "7f1a-00aa", report("Thermo\x1b", rssi=-127))
    assert (heard.address, heard.address_type, heard.rssi, heard.name) == ("7F1A-00AA", None, None, "Thermo\\x1b")
    assert heard.fields == AdvertisedFields(manufacturer={76: b"\x02"}, service_data={})


class Said:
    def __init__(self) -> None:
        self.batches: list[list[Event]] = []

    def __call__(self, events: Sequence[Event]) -> None:
        self.batches.append(list(events))


async def test_what_is_heard_in_one_turn_leaves_in_one_batch() -> None:
    said = Said()
    outlet = Outlet(said, Clock())
    for _ in range(3):
        outlet.hear(HEARD)
    assert said.batches == []
    await asyncio.sleep(0)
    outlet.hear(HEARD)
    await asyncio.sleep(0)
    assert [len(batch) for batch in said.batches] == [3, 1]


async def test_state_never_overtakes_what_was_heard_before_it() -> None:
    said = Said()
    outlet = Outlet(said, Clock())
    off = StreamChanged(2.0, "x", "scan", "off")
    outlet.hear(HEARD)
    outlet.tell(off)
    await asyncio.sleep(0)
    assert said.batches == [[HEARD], [off]]


async def test_what_could_not_be_understood_is_counted_per_lane() -> None:
    said = Said()
    outlet = Outlet(said, Clock(wall=lambda: 5.0))
    for lane in ("x", "y", "x"):
        outlet.shed(lane)
    await asyncio.sleep(0)
    what = "malformed advertisements"
    assert said.batches == [[Shed(5.0, "x", what, 2), Shed(5.0, "y", what, 1)]]


async def test_a_closed_outlet_says_nothing_more() -> None:
    said = Said()
    outlet = Outlet(said, Clock())
    outlet.hear(HEARD)
    outlet.close()
    outlet.hear(HEARD)
    outlet.tell(StreamChanged(2.0, "x", "scan", "off"))
    await asyncio.sleep(0)
    assert said.batches == [[HEARD]]
