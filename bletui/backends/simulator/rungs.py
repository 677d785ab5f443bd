"""The doctor's ladder over a site: what each lane would hear, or the fault that it begins with."""

from __future__ import annotations

from collections.abc import Iterator

from bletui.backends.simulator.condition import Condition, concerning, condition
from bletui.backends.simulator.faults import Fault
from bletui.backends.simulator.propagation import chances, clamped, mean_rssi
from bletui.backends.simulator.site import Receiver, Site
from bletui.model import Rung


def rungs(site: Site, radio: str, faults: tuple[Fault, ...]) -> Iterator[Rung]:
    yield Rung("site", "ok", site.title)
    for receiver in site.receivers:
        yield _rung(site, receiver, condition(concerning(faults, receiver), receiver, radio, 0.0))


def _rung(site: Site, receiver: Receiver, now: Condition) -> Rung:
    failure = now.gone or now.unusable or now.broken
    if failure is not None:
        return Rung(receiver.name, "fail", failure.code, failure)
    if now.silent:
        return Rung(receiver.name, "warn", "its stream says nothing")
    levels = [clamped(round(mean_rssi(d.place, d.power, receiver, site.walls))) for d in site.devices]
    table = chances(receiver.sensitivity)
    heard = sum(table[-level] > 0.5 for level in levels)
    return Rung(receiver.name, "ok", f"hears {heard} of {len(levels)} devices well, the nearest at {max(levels)} dBm")
