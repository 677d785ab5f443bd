"""The site of `sim:`: a flat whose rooms hold one device of each recording, moving sensors and a few oddities."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from random import Random

from bletui.backends.simulator import addresses, contents, furnishing, oddities, sensors
from bletui.backends.simulator.attributes import Table, laid_out
from bletui.backends.simulator.contents import Encode
from bletui.backends.simulator.motion import round_trip
from bletui.backends.simulator.recordings import SCANNABLE, Recording, recordings
from bletui.backends.simulator.site import Content, Device, Point, Presence, Receiver, Site, Wall
from bletui.decode.advertising import summarise
from bletui.model import AddressType, Extended, Pdu

WIDTH, DEPTH = 22.0, 12.0  # metres
BOXES: tuple[Point, ...] = ((4.0, 3.0), (15.5, 6.5), (20.0, 10.5), (9.0, 11.0))  # the adapter, then routers
BRICK, PLASTER = 8.0, 3.0  # dB
WALLS = (
    Wall((8.0, 0.0), (8.0, 5.0), PLASTER),
    Wall((8.0, 7.0), (8.0, 12.0), PLASTER),
    Wall((8.0, 7.0), (22.0, 7.0), PLASTER),
    Wall((14.0, 0.0), (14.0, 7.0), BRICK),
)
COMING_AND_GOING = 9  # one in so many recorded devices is there only part of the time
CARRIED = 13  # one in so many is carried through all rooms
ROUND: tuple[Point, ...] = ((2.0, 6.0), (21.0, 6.0), (21.0, 10.0), (2.0, 10.0))
STROLL = 0.7  # metres a second
EXTENDED = Extended(primary_phy="1M", secondary_phy="2M", sid=3, connectable=True, data_status="complete")

# Brand, vendor prefix ("": a static random address), PDU, interval in seconds, format.
SENSORS: tuple[tuple[str, str, Pdu, float, Encode], ...] = (
    ("Govee H5075", "A4:C1:38", "ADV_IND", 2.0, lambda mac, n, r: sensors.govee_h5075(_named(b"GVH5075_", mac), r)),
    ("Govee H5075", "A4:C1:38", "ADV_IND", 2.0, lambda mac, n, r: sensors.govee_h5075(_named(b"GVH5075_", mac), r)),
    ("Ruuvi", "", "ADV_NONCONN_IND", 1.285, sensors.ruuvi_raw_v2),
    ("Ruuvi", "", "ADV_NONCONN_IND", 1.285, sensors.ruuvi_raw_v2),
    ("BTHome v2", "54:48:E6", "ADV_IND", 5.0, lambda mac, n, r: sensors.bthome_v2(_named(b"BTH", mac), n, r)),
    ("ATC/pvvx", "A4:C1:38", "ADV_IND", 2.5, sensors.pvvx),
    ("Eddystone TLM", "", "ADV_NONCONN_IND", 1.0225, lambda mac, n, r: sensors.eddystone_tlm(n, r)),
)


def _band() -> Table:
    services = (furnishing.heart_rate(), furnishing.battery(furnishing.readings(0.0)))
    return laid_out((furnishing.access("Band", 832), furnishing.device_information("Amazfit", "Band"), *services))


FURNISHED: dict[str, Callable[[], Table]] = {"Amazfit": _band}  # makes with more than the usual services


def home(ears: tuple[Receiver, ...], seed: int, rotate: float) -> Site:
    """`rotate`: seconds for which a private address lasts."""
    draw = Random(f"{seed}/home")
    devices = (*_recorded(seed, rotate, draw), *_sensors(draw), *_oddities(draw))
    return Site(f"a made-up site of {len(devices)} devices, seed {seed}", devices, ears, WALLS)


def _recorded(seed: int, rotate: float, draw: Random) -> Iterator[Device]:
    for n, recording in enumerate(recordings()):
        stay = Presence(600.0, draw.uniform(60.0, 400.0), draw.uniform(0.0, 600.0))
        stroll = partial(round_trip, ROUND, STROLL, draw.uniform(0.0, 40.0))
        yield Device(
            label=recording.brand,
            address_type="public" if recording.address == "public" else "random",
            pdu=recording.pdu,
            interval=recording.interval,
            place=_place(draw),
            power=draw.uniform(-64.0, -52.0),
            content=_content(recording, f"{seed}/{n}", n, rotate, draw),
            presence=stay if n % COMING_AND_GOING == COMING_AND_GOING - 1 else None,
            path=stroll if n % CARRIED == CARRIED - 1 else None,
            extended=EXTENDED if recording.pdu == "ADV_EXT_IND" else None,
            gatt=recording.gatt,
            table=FURNISHED.get(recording.brand),
        )


def _content(recording: Recording, seed: str, n: int, rotate: float, draw: Random) -> Callable[[float], Content]:
    if recording.address in ("resolvable", "nonresolvable"):
        return contents.private(recording, rotate, seed, draw.uniform(0.0, rotate))
    return contents.recorded(recording, _address(recording.oui, n, draw))


def _sensors(draw: Random) -> Iterator[Device]:
    for n, (label, oui, pdu, interval, encode) in enumerate(SENSORS):
        response = b"" if pdu in SCANNABLE else None
        address, phase = _address(oui, 4096 + n, draw), math.tau * draw.random()
        content = contents.sensor(address, response, encode, phase)
        device = _device(label, "public" if oui else "random", pdu, interval, content, draw)
        yield replace(device, table=partial(_thermometer, label, content, phase))


def _thermometer(maker: str, content: Callable[[float], Content], phase: float) -> Table:
    """What the sensor advertises, once more as attributes."""
    name, reading = summarise(content(0.0).payload).name or maker, furnishing.readings(phase)
    services = (furnishing.environment(reading), furnishing.battery(reading))
    return laid_out((furnishing.access(name, 768), furnishing.device_information(maker, name), *services))


def _oddities(draw: Random) -> Iterator[Device]:
    make = partial(_device, address_type="random", draw=draw)
    for name in oddities.HOSTILE_NAMES:
        content = contents.fixed(addresses.static(draw), *oddities.named(name))
        yield make("hostile name", pdu="ADV_IND", interval=0.645, content=content)
    content = contents.fixed(addresses.static(draw), oddities.long_named())
    yield replace(make("hostile name", pdu="ADV_EXT_IND", interval=1.5, content=content), extended=EXTENDED)
    content = contents.cycling(addresses.static(draw), oddities.MALFORMED)
    yield make("malformed", pdu="ADV_NONCONN_IND", interval=1.0, content=content)


def _device(
    label: str, address_type: AddressType, pdu: Pdu, interval: float, content: Callable[[float], Content], draw: Random
) -> Device:
    return Device(label, address_type, pdu, interval, _place(draw), draw.uniform(-64.0, -54.0), content)


def _address(oui: str, number: int, draw: Random) -> str:
    return addresses.public(oui, number) if oui else addresses.static(draw)


def _place(draw: Random) -> Point:
    return draw.uniform(0.5, WIDTH - 0.5), draw.uniform(0.5, DEPTH - 0.5)


def _named(prefix: bytes, mac: bytes) -> bytes:
    return prefix + mac[-2:].hex().upper().encode()
