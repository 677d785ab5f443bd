"""A `ScanFilter` applied to advertisements as a radio near the air would."""

from __future__ import annotations

from collections.abc import Callable

from bletui.backends.simulator.patterns import address_matches, name_matches, value_matches
from bletui.decode.advertising import Summary, summarise
from bletui.model import Advertisement, Pdu, ScanFilter

REMEMBERED = 65_536  # devices; then all is forgotten, and each has to show itself again

Rule = Callable[[Advertisement, Summary], bool]


def passes_all(wanted: ScanFilter) -> bool:
    return wanted == ScanFilter()


class Filtering:
    """Lets a device through once a packet of it, on any lane, has shown the name, UUID or value that was asked for.

    Otherwise a device whose name stands in its scan response alone would lose every other packet.
    """

    def __init__(self, wanted: ScanFilter) -> None:
        self._wanted = wanted
        self._shown: list[tuple[Rule, set[str]]] = [(rule, set()) for rule in _rules(wanted)]
        self._last: dict[tuple[str, str, Pdu | None], tuple[float, bytes | None]] = {}
        self._summaries: dict[bytes, Summary] = {}

    def passing(self, events: list[Advertisement]) -> list[Advertisement]:
        return [event for event in events if self._passes(event)]

    def _passes(self, event: Advertisement) -> bool:
        wanted = self._wanted
        if wanted.min_rssi is not None and event.rssi is not None and event.rssi < wanted.min_rssi:
            return False
        if wanted.addresses and not address_matches(event.address, wanted.addresses):
            return False
        if wanted.phys and _phy(event) not in wanted.phys:
            return False
        shows = [self._shows(event, rule, known) for rule, known in self._shown]
        return all(shows) and (wanted.duplicates_ms is None or self._first(event, wanted.duplicates_ms))

    def _shows(self, event: Advertisement, rule: Rule, known: set[str]) -> bool:
        if event.address in known:
            return True
        if not rule(event, self._summary(event.raw or b"")):
            return False
        if len(known) >= REMEMBERED:
            known.clear()
        known.add(event.address)
        return True

    def _first(self, event: Advertisement, window: int) -> bool:
        """A changed payload passes at once, as on the routers; their window of 1 means one report per device at all."""
        key = event.lane, event.address, None if window == 1 else event.pdu
        last = self._last.get(key)
        if last is not None and (window == 1 or (event.at - last[0] < window / 1000 and event.raw == last[1])):
            return False
        if len(self._last) >= REMEMBERED:
            self._last.clear()
        self._last[key] = event.at, event.raw
        return True

    def _summary(self, raw: bytes) -> Summary:
        summary = self._summaries.get(raw)
        if summary is None:
            if len(self._summaries) >= REMEMBERED:
                self._summaries.clear()
            summary = self._summaries[raw] = summarise(raw)
        return summary


def _rules(wanted: ScanFilter) -> list[Rule]:
    rules: list[Rule] = []
    if wanted.names:
        rules.append(lambda event, summary: name_matches(summary.name, wanted.names))
    if wanted.uuids:
        parts = tuple(part.replace("-", "").lower() for part in wanted.uuids)
        rules.append(lambda event, summary: _has_uuid(summary, parts))
    if wanted.values:
        rules.append(lambda event, summary: value_matches(event.raw or b"", wanted.values))
    if wanted.connectable:
        rules.append(lambda event, summary: _connectable(event))
    return rules


def _has_uuid(summary: Summary, parts: tuple[str, ...]) -> bool:
    return any(part in uuid.replace("-", "") for uuid in summary.service_uuids for part in parts)


def _connectable(event: Advertisement) -> bool:
    if event.extended is not None:
        return bool(event.extended.connectable)
    return event.pdu in ("ADV_IND", "ADV_DIRECT_IND")


def _phy(event: Advertisement) -> str | None:
    return "1M" if event.extended is None else event.extended.primary_phy
