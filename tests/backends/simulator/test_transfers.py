"""What is done over a link: trees, values that live, every way to be refused, notifications."""

from __future__ import annotations

import asyncio
import struct

import pytest

from bletui.backends.simulator.furnishing import NORDIC_UART
from bletui.decode.advertising import summarise
from bletui.failure import ErrorKind
from bletui.model import LinkChanged, Notification, Peer, Phy, Properties, ScanRequest
from bletui.testing.virtual_time import in_virtual_time
from tests.backends.simulator.virtual import AUTHENTICATED, CHIP0, ENCRYPTED, HCI0, Lab, lab
from tests.failing import failure_of

# Handles of the lab's devices: the services that a device has for its role begin at 0x15.
FIRST, SECOND, THIRD = 0x17, 0x1A, 0x1D
NEVER, WRITE_ONLY, FOUR_BYTES, REFUSES, LONG, INDICATES = range(0x1D, 0x2D, 3)  # behind the two of its rights
BATTERY = 0x20
NAME, MODEL = 0x03, 0x10


async def notified(b: Lab, peer: Peer, seconds: float) -> list[Notification]:
    """What comes within that time from now."""
    before = len(b.of(Notification))
    await asyncio.sleep(seconds)
    return [event for event in b.of(Notification)[before:] if event.peer == peer]


@in_virtual_time
async def test_the_tree_has_its_form_and_comes_faster_from_the_cache() -> None:
    async with lab() as b:
        peer = await b.connect("UART echo")
        now = asyncio.get_running_loop().time
        took = []
        for refresh in (False, False, True):
            began = now()
            tree = await b.backend.discover(peer, refresh=refresh, within=10.0)
            took.append(now() - began)
        assert took[1] < took[0] / 5
        assert took[2] > took[0] / 2
        uart = tree.services[-1]
        assert uart.uuid == NORDIC_UART.format(1)
        rx, tx = uart.characteristics
        assert (rx.handle, tx.handle) == (FIRST, SECOND)
        assert tx.properties == Properties.NOTIFY
        assert [d.uuid[:8] for d in (*rx.descriptors, *tx.descriptors)] == ["00002901", "00002902", "00002901"]


@in_virtual_time
async def test_values_live_and_written_ones_stay() -> None:
    async with lab("speed=100") as b:
        peer = await b.connect("thermometer")
        temperatures = set()
        for _ in range(6):
            (value,) = struct.unpack("<h", await b.read(peer, FIRST))
            temperatures.add(value)
            await asyncio.sleep(0.6)
        assert len(temperatures) > 3
        assert all(1500 < value < 2700 for value in temperatures)
        assert (await b.read(peer, BATTERY))[0] in range(5, 101)
        assert await b.read(peer, MODEL) == b"thermometer"
        await b.write(peer, NAME, b"kitchen")
        await b.backend.disconnect(peer, within=5.0)
        assert await b.read(await b.connect("thermometer"), NAME) == b"kitchen"


@pytest.mark.parametrize("lane", [CHIP0, HCI0])
@pytest.mark.parametrize(
    ("handle", "read", "write"),
    [
        (ENCRYPTED, ErrorKind.SECURITY_PAIRING_REQUIRED, ErrorKind.SECURITY_PAIRING_REQUIRED),
        (AUTHENTICATED, ErrorKind.SECURITY_PAIRING_REQUIRED, ErrorKind.SECURITY_PAIRING_REQUIRED),
        (NEVER, ErrorKind.SECURITY_NOT_AUTHORIZED, ErrorKind.SECURITY_NOT_AUTHORIZED),
        (WRITE_ONLY, ErrorKind.GATT_NOT_PERMITTED, None),
        (FOUR_BYTES, None, ErrorKind.GATT_INVALID_VALUE),
        (REFUSES, ErrorKind.GATT_NOT_PERMITTED, ErrorKind.DEVICE_COMMAND_FAILED),
        (LONG, None, None),
        (INDICATES, None, ErrorKind.GATT_NOT_PERMITTED),
        (0x7FFF, ErrorKind.GATT_NOT_FOUND, ErrorKind.GATT_NOT_FOUND),
        (0x10000, ErrorKind.REQUEST_INVALID, ErrorKind.REQUEST_INVALID),
        (0, ErrorKind.REQUEST_INVALID, ErrorKind.REQUEST_INVALID),
    ],
)
@in_virtual_time
async def test_every_way_to_be_refused(lane: str, handle: int, read: ErrorKind | None, write: ErrorKind | None) -> None:
    async with lab() as b:
        peer = await b.connect("vault", lane)
        for call, kind in ((b.read(peer, handle), read), (b.write(peer, handle, b"12345"), write)):
            if kind is None:
                await call
            else:
                failure = await failure_of(call)
                assert failure.kind is kind
                assert failure.lane == lane
                assert failure.source != "bletui"


@in_virtual_time
async def test_long_values_go_both_ways_and_longer_ones_are_refused_at_once() -> None:
    async with lab() as b:
        peer = await b.connect("vault")
        now = asyncio.get_running_loop().time
        assert await b.read(peer, LONG) == bytes(n & 0xFF for n in range(512))
        await b.write(peer, LONG, b"\xa5" * 512)
        assert await b.read(peer, LONG) == b"\xa5" * 512
        began = now()
        assert (await failure_of(b.write(peer, LONG, bytes(513)))).kind is ErrorKind.REQUEST_INVALID
        assert (
            await failure_of(b.write(peer, WRITE_ONLY, bytes(245), response=False))
        ).kind is ErrorKind.REQUEST_INVALID
        assert now() == began
        await b.write(peer, WRITE_ONLY, bytes(244), response=False)


@in_virtual_time
async def test_a_command_is_answered_by_nobody_and_only_sent_where_it_is_offered() -> None:
    async with lab() as b:
        peer = await b.connect("vault")
        assert (
            await failure_of(b.write(peer, FOUR_BYTES, b"1234", response=False))
        ).kind is ErrorKind.GATT_NOT_PERMITTED
        resets = await b.connect("resets")
        await b.write(resets, FIRST, b"", response=False)
        assert (await b.down(resets)).reason is not None


@in_virtual_time
async def test_a_heart_beats_once_a_second_until_nobody_listens() -> None:
    async with lab() as b:
        peer = await b.connect("heart rate")
        assert await notified(b, peer, 5.0) == []
        await b.subscribe(peer, FIRST)
        beats = await notified(b, peer, 10.0)
        assert len(beats) == pytest.approx(10, abs=1)
        assert all(40 < beat.value[1] < 120 and beat.value[0] == 0x16 and not beat.indication for beat in beats)
        await b.subscribe(peer, FIRST)
        assert len(await notified(b, peer, 5.0)) == pytest.approx(5, abs=1)
        await b.subscribe(peer, FIRST, "off")
        assert await notified(b, peer, 5.0) == []


@in_virtual_time
async def test_a_counter_counts_as_fast_as_it_is_told_and_misses_nothing() -> None:
    async with lab() as b:
        peer = await b.connect("counter")
        await b.write(peer, FIRST, struct.pack("<H", 200))
        before = len(b.of(Notification))
        await b.subscribe(peer, SECOND)
        assert len(b.of(Notification)) > before, "the first comes before subscribe() returns"
        got = await notified(b, peer, 10.0)
        assert len(got) == pytest.approx(2000, abs=2)
        counts = [struct.unpack("<I", event.value)[0] for event in b.of(Notification)]
        assert counts == list(range(len(counts)))
        await b.write(peer, FIRST, struct.pack("<H", 5))
        assert len(await notified(b, peer, 10.0)) == pytest.approx(50, abs=1)
        await b.write(peer, FIRST, b"\x00\x00")
        assert await notified(b, peer, 10.0) == []
        assert (await failure_of(b.write(peer, FIRST, struct.pack("<H", 201)))).kind is ErrorKind.GATT_INVALID_VALUE


@in_virtual_time
async def test_the_uart_says_back_what_it_hears_in_pieces_that_fit() -> None:
    async with lab() as b:
        peer = await b.connect("UART echo")
        await b.write(peer, FIRST, b"unheard")
        await b.subscribe(peer, SECOND)
        said = bytes(range(256)) + b"end"
        await b.write(peer, FIRST, said)
        await b.write(peer, FIRST, b"again", response=False)
        got = await notified(b, peer, 1.0)
        assert b"".join(event.value for event in b.of(Notification)) == said + b"again"
        assert max(len(event.value) for event in got) <= 182


@in_virtual_time
async def test_the_switch_is_an_attribute_like_others() -> None:
    async with lab() as b:
        peer = await b.connect("vault")
        switch = INDICATES + 1
        assert await b.read(peer, switch) == b"\x00\x00"
        await b.write(peer, switch, b"\x02\x00")
        assert await b.read(peer, switch) == b"\x02\x00"
        got = await notified(b, peer, 5.0)
        assert [event.indication for event in got] == [True] * len(got) != []
        assert (await failure_of(b.subscribe(peer, INDICATES, "notify"))).kind is ErrorKind.GATT_NOT_PERMITTED
        assert (await failure_of(b.write(peer, switch, b"\x01"))).kind is ErrorKind.GATT_INVALID_VALUE
        assert (await failure_of(b.subscribe(peer, LONG))).kind is ErrorKind.GATT_NOT_PERMITTED
        assert (await failure_of(b.subscribe(peer, 0x7FFF))).kind is ErrorKind.GATT_NOT_FOUND
        await b.write(peer, switch, b"\x00\x00")
        assert await notified(b, peer, 5.0) == []


@in_virtual_time
async def test_notifications_end_with_the_link_and_only_a_bonded_client_finds_them_again() -> None:
    async with lab() as b:
        for pair, found in ((False, False), (True, True)):
            peer = await b.connect("heart rate", pair=pair)
            await b.subscribe(peer, FIRST)
            await b.backend.disconnect(peer, within=5.0)
            assert await notified(b, peer, 5.0) == []
            peer = await b.connect("heart rate")
            assert bool(await notified(b, peer, 5.0)) is found
            await b.backend.disconnect(peer, within=5.0)


@in_virtual_time
async def test_one_never_answers_a_discovery() -> None:
    async with lab() as b:
        for lane in (CHIP0, HCI0):
            peer = await b.connect("mute", lane)
            now = asyncio.get_running_loop().time()
            failure = await failure_of(b.backend.discover(peer, refresh=False, within=4.0))
            assert failure.kind is ErrorKind.GATT_TIMEOUT
            assert asyncio.get_running_loop().time() - now == pytest.approx(4.0)
            assert (await b.read(peer, NAME)) == b"mute"
            await b.backend.disconnect(peer, within=5.0)


@in_virtual_time
async def test_calls_on_one_link_take_turns() -> None:
    async with lab() as b:
        peer = await b.connect("vault")
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(b.read(peer, NAME))
        assert 0.3 <= asyncio.get_running_loop().time() - began <= 0.6


@in_virtual_time
async def test_signal_and_phy() -> None:
    async with lab() as b:
        peer = await b.connect("counter")
        levels = [await b.backend.rssi(peer, within=5.0) for _ in range(30)]
        assert all(-100 < level < -30 for level in levels)
        assert len(set(levels)) > 3
        assert await b.backend.set_phy(peer, tx=("2M", "1M"), rx=("CODED",), within=5.0) == Phy("2M", "CODED")
        assert b.links("up")[-1].phy == ("2M", "CODED")
        told = len(b.of(LinkChanged))
        assert await b.backend.set_phy(peer, tx=(), rx=(), within=5.0) == Phy("2M", "CODED")
        assert len(b.of(LinkChanged)) == told
        wrong = await failure_of(b.backend.set_phy(peer, tx=("3M",), rx=(), within=5.0))
        assert wrong.kind is ErrorKind.REQUEST_INVALID
        old = await b.connect("public address")
        assert await b.backend.set_phy(old, tx=("2M",), rx=("2M",), within=5.0) == Phy("1M", "1M")


@in_virtual_time
async def test_a_sensor_at_home_says_over_a_link_what_it_advertises() -> None:
    async with lab("seed=2", site="") as b:
        b.backend.scan(ScanRequest(active=True))

        def bthome(event: object) -> bool:
            raw = getattr(event, "raw", None) or b""
            return b"\x16\xd2\xfc\x40" in raw and getattr(event, "lane", "") == HCI0

        await b.listener.until(bthome)
        heard = [event for event in b.listener.heard() if bthome(event)][-1]
        assert heard.raw is not None
        peer = await b.connect(heard.address, HCI0)
        tree = await b.backend.discover(peer, refresh=False, within=10.0)
        handles = {c.uuid[4:8]: c.handle for service in tree.services for c in service.characteristics}
        assert (await b.read(peer, handles["2a00"])).decode() == summarise(heard.raw).name
        at = heard.raw.index(b"\xd2\xfc\x40")
        battery, _, temperature = struct.unpack("<BBh", heard.raw[at + 6 : at + 10])
        assert (await b.read(peer, handles["2a19"]))[0] == battery
        assert struct.unpack("<h", await b.read(peer, handles["2a6e"]))[0] == pytest.approx(temperature, abs=5)


@in_virtual_time
async def test_devices_at_home_have_the_tables_that_were_recorded_of_their_make() -> None:
    async with lab(site="") as b:
        b.backend.scan(ScanRequest(active=True))
        await b.listener.until(lambda e: b"GVH5105" in (getattr(e, "raw", None) or b""))
        heard = next(event for event in b.listener.heard() if b"GVH5105" in (event.raw or b""))
        peer = await b.connect(heard.address, heard.lane)
        tree = await b.backend.discover(peer, refresh=False, within=10.0)
        assert [(s.handle, len(s.characteristics)) for s in tree.services] == [
            (1, 4),
            (10, 1),
            (14, 3),
            (27, 3),
            (40, 4),
        ]
        assert b"GVH5105" in await b.read(peer, 3)
