"""A router's chips as lanes: what is known of each, told anew whenever it changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bletui.backends.cassia.api import CHIPS_MAX, RouterInfo
from bletui.backends.cassia.options import Options
from bletui.backends.cassia.query import Firmware
from bletui.failure import Failure
from bletui.model import Event, Lane, LaneChanged, LaneDown, Peer
from bletui.target import invalid
from bletui.text import bounded

NAME_MAX: Final = 22  # characters of the host that a header has room for
NO_BONDS: Final = "a router tells of a bond only while the device is connected"
TOO_OLD: Final = "the router's firmware {version} is older than {since}, which brought this"
_SINCE: Mapping[str, Firmware] = {"rssi": (2, 0, 0), "set_phy": (2, 1, 0)}  # vendor's release notes


class Lanes:
    """Every router has chip 0; others are added when the router names them or one is heard. `prefix` is what their ids
    begin with, `name` what people know the router by, `usable` why it can't be used yet."""

    def __init__(
        self,
        prefix: str,
        name: str,
        facts: Mapping[str, str],
        say: Callable[[Event], None],
        now: Callable[[], float],
        *,
        router: str | None = None,
        usable: Failure | None = None,
    ) -> None:
        self._prefix = prefix
        self._facts = facts
        self._say = say
        self._now = now
        self._template = Lane(
            "", bounded(name, NAME_MAX), router, usable=usable, cannot={"bonds": NO_BONDS}, info=dict(facts)
        )
        self._lanes: dict[int, Lane] = {}

    @property
    def first(self) -> str:
        """The id of chip 0's lane."""
        return f"{self._prefix}/0"

    def of(self, chip: int) -> str:
        """The lane id of `chip`, told first if it is new."""
        if chip not in self._lanes:
            like = next(iter(self._lanes.values()), self._template)
            name = f"{self._template.name}/{chip}"
            self._put(replace(like, id=f"{self._prefix}/{chip}", name=name, chip=chip, slots_used=None, slots_max=None))
        return f"{self._prefix}/{chip}"

    def call(self, name: str) -> None:
        """The router has another name now."""
        self._template = replace(self._template, name=bounded(name, NAME_MAX))
        for lane in list(self._lanes.values()):
            self._put(replace(lane, name=f"{self._template.name}/{lane.chip}"))

    def down(self, reason: Failure, *, gone: bool = False) -> None:
        """The router can't be reached any more. Its lanes end, and stand there as unusable unless it is `gone`."""
        lanes = list(self._lanes.values())
        for lane in lanes:
            self._say(LaneDown(self._now(), lane.id, reason))
        for lane in [] if gone else lanes:
            self._put(replace(lane, usable=reason, slots_used=None))

    def chips_of(self, lanes: Sequence[str] | None) -> frozenset[int] | None:
        """The chips that these lanes name, heard of or not; None: all there are."""
        if lanes is None:
            return None
        names = {f"{self._prefix}/{chip}": chip for chip in range(CHIPS_MAX)}
        return frozenset(names[lane] for lane in lanes if lane in names)

    def usable(self, failure: Failure | None) -> None:
        """Whether the router answers; a failure that only its time tells from the last one is not told again."""
        for lane in list(self._lanes.values()):
            if (lane.usable and lane.usable.kind) != (failure and failure.kind):
                self._put(replace(lane, usable=failure))

    def learn(self, info: RouterInfo, extra: Mapping[str, str]) -> None:
        """What the router says of itself; `extra` adds what it would not say, and why."""
        facts = {"router": info.mac, "model": info.model, "firmware": info.version}
        facts |= {"chips": str(len(info.chips)) if info.chips else "", **extra}
        known = dict(self._facts) | {key: value for key, value in facts.items() if value}
        for chip in info.chips:
            self.of(chip.number)
        slots = {chip.number: chip.slots_max for chip in info.chips}
        for number, lane in list(self._lanes.items()):
            slots_max = slots.get(number)
            self._put(replace(lane, router=info.mac, slots_max=slots_max, info=known, cannot=_cannot(info)))

    def chip(self, lane: str) -> int:
        """The chip of a lane; `request.invalid` for a lane of somebody else."""
        found = self.chips_of((lane,))
        if not found:
            raise invalid(f"lane={lane}: no lane of this router")
        return next(iter(found))

    def used(self, links: Sequence[Peer]) -> None:
        """Counts the used slots."""
        used = Counter(peer.lane for peer in links)
        for lane in list(self._lanes.values()):
            self._put(replace(lane, slots_used=used[lane.id]))

    def _put(self, lane: Lane) -> None:
        assert lane.chip is not None
        if self._lanes.get(lane.chip) != lane:
            self._lanes[lane.chip] = lane
            self._say(LaneChanged(self._now(), lane))


def _cannot(info: RouterInfo) -> dict[str, str]:
    """What this router can't do, and why; of a firmware that is not known nothing is."""
    found = {"bonds": NO_BONDS}
    for operation, since in _SINCE.items():
        if info.firmware is not None and info.firmware < since:
            found[operation] = TOO_OLD.format(version=info.version, since=".".join(map(str, since)))
    return found


def settled(options: Options) -> dict[str, str]:
    """What the target settles, shown beside what the router tells."""
    facts = {"address": options.site.base}
    if options.trust is not None and options.trust.insecure:
        facts["tls"] = "certificate not checked (insecure=1)"
    if options.trust is not None and options.trust.pin is not None:
        facts["tls"] = "pinned certificate"
    return facts
