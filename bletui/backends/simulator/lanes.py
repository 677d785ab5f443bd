"""The site's receivers, and how each looks as a lane."""

from __future__ import annotations

from bletui.backends.simulator.site import Point, Receiver
from bletui.failure import Failure
from bletui.model import Lane

ADAPTER_SLOTS, CHIP_SLOTS = 7, 11  # links at a time; what common adapters and a router's info page tell
CHIPS_MAX, SLOTS_MAX = 2, 32


def receivers(radio: str, count: int, places: tuple[Point, ...]) -> tuple[Receiver, ...]:
    """One local adapter, then routers of two chips each; the places are those of the boxes, used in turn."""
    found = [Receiver(f"{radio}/hci0", "hci0", places[0], 0.0, -93.0, slots=ADAPTER_SLOTS)]
    for n in range(count - 1):
        box, chip = divmod(n, 2)
        found.append(_chip(radio, box, chip, places[1 + box % (len(places) - 1)], CHIP_SLOTS))
    return tuple(found)


def router(radio: str, chips: int, slots: int, place: Point) -> tuple[Receiver, ...]:
    """A router alone."""
    return tuple(_chip(radio, 0, chip, place, slots) for chip in range(chips))


def _chip(radio: str, box: int, chip: int, place: Point, slots: int) -> Receiver:
    mac = f"CC:1B:E0:00:{box >> 8:02X}:{box + 1 & 0xFF:02X}"
    name = f"router{'' if box == 0 else box + 1}/{chip}"
    # The second chip's antenna is a little worse, as on the real boxes.
    return Receiver(f"{radio}/{mac}/{chip}", name, place, 3.0 - 1.5 * chip, -97.0, mac, chip, slots)


def lane(receiver: Receiver, title: str, usable: Failure | None, used: int) -> Lane:
    return Lane(
        id=receiver.lane,
        name=receiver.name,
        router=receiver.router,
        chip=receiver.chip,
        slots_used=used,
        slots_max=receiver.slots,
        usable=usable,
        info={"simulated": title},
    )
