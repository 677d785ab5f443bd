"""What a `sim:` target asks for, checked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from bletui.backends.simulator import faults
from bletui.backends.simulator.crowd import crowd
from bletui.backends.simulator.faults import Fault
from bletui.backends.simulator.home import BOXES, home
from bletui.backends.simulator.lab import lab
from bletui.backends.simulator.lanes import CHIP_SLOTS, CHIPS_MAX, SLOTS_MAX, receivers, router
from bletui.backends.simulator.refusals import FIRMWARE, FIRMWARES
from bletui.backends.simulator.site import Receiver, Site
from bletui.target import Target, invalid

ROTATE = 900.0  # seconds: what the Core Specification recommends (Vol 3 Part C, appendix A, T_GAP(private_addr_int))
EVERYWHERE = ("seed", "lanes", "chips", "slots", "speed", "fault", "firmware")
SITES = {
    "": (*EVERYWHERE, "rotate"),
    "crowd": (*EVERYWHERE, "devices", "rate"),
    "lab": (*EVERYWHERE, "devices"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """`rate`: packets heard a second over all lanes; `speed`: seconds of the site in one of ours; `ears`: its lanes.

    `firmware`: the routers', which decides their words for a failure.
    """

    radio: str
    name: str
    seed: int
    ears: tuple[Receiver, ...]
    devices: int
    rate: float
    rotate: float
    speed: float
    faults: tuple[Fault, ...]
    firmware: str = FIRMWARE

    def site(self) -> Site:
        """The site itself: a second's work for the largest. Fails where a crowd can't send its rate."""
        if self.name == "crowd":
            return crowd(self.ears, self.seed, self.devices, self.rate)
        if self.name == "lab":
            return lab(self.ears, self.devices)
        return home(self.ears, self.seed, self.rotate)


def options(target: Target, radio: str, speed: float) -> Options:
    """The options of a target, `request.invalid` naming what is wrong; `speed` is the default."""
    if target.name not in SITES:
        near = difflib.get_close_matches(target.name, [site for site in SITES if site], 1)
        raise invalid(f"there is no site {target.name!r}" + (f"; did you mean {near[0]!r}?" if near else "; try sim:"))
    target.refuse_unknown(SITES[target.name])
    ears = _ears(target, radio)
    return Options(
        radio=radio,
        name=target.name,
        seed=_whole(target, "seed", 1, 0, 2**32 - 1),
        ears=ears,
        devices=_whole(target, "devices", *((0, 0, 1000) if target.name == "lab" else (1000, 1, 50_000))),
        rate=target.number("rate", 1000, 1, 20_000),
        rotate=target.number("rotate", ROTATE, 1, 86_400),
        speed=target.number("speed", speed, 0.01, 1000),
        faults=faults.parse(target.params.get("fault", ""), [ear.name for ear in ears]),
        firmware=_firmware(target.params.get("firmware", FIRMWARE)),
    )


def _ears(target: Target, radio: str) -> tuple[Receiver, ...]:
    """The lanes; `chips` makes them those of one router alone."""
    chips = _whole(target, "chips", 0, 1, CHIPS_MAX) if "chips" in target.params else 0
    slots = _whole(target, "slots", CHIP_SLOTS, 1, SLOTS_MAX)
    if not chips:
        if "slots" in target.params:
            raise invalid("slots= are those of a router alone, which chips= makes")
        return receivers(radio, _whole(target, "lanes", 3, 1, 16), BOXES)
    if "lanes" in target.params:
        raise invalid("lanes= and chips= say different things of the same lanes")
    return router(radio, chips, slots, BOXES[1])


def _firmware(text: str) -> str:
    if text not in FIRMWARES:
        raise invalid(f"firmware={text!r}: there are {', '.join(FIRMWARES)}")
    return text


def _whole(target: Target, name: str, default: int, low: int, high: int) -> int:
    value = target.number(name, default, low, high)
    if value != int(value):
        raise invalid(f"{name}={target.params[name]} is not a whole number")
    return int(value)
