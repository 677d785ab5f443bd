"""One client of the scan stream: its query, what it lets through, and the advertisements of one batch as lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo

from bletui.bridge.router_api.encoding import beacon_key, key, scan_event, timestamp, with_keys
from bletui.bridge.router_api.matching import Check, Duplicates, checks, no_scan_response, on_lanes
from bletui.bridge.router_api.outbox import Outbox
from bletui.bridge.router_api.profiles import DEFAULT, Profile
from bletui.bridge.router_api.query import ScanQuery
from bletui.bridge.router_api.report import is_scan_response, payload
from bletui.model import Advertisement, ScanRequest

ADVERTISEMENTS = "advertisements"
CHUNK = 128  # events
GATHERED_MAX = 65_536  # reports that wait for the end of a report interval; past it they go at once

CallLater = Callable[[float, Callable[[], None]], asyncio.TimerHandle]


class Lines:
    """A batch's advertisements, each encoded at most once however many clients want it."""

    def __init__(self, heard: Sequence[Advertisement], chip: Callable[[str], int], profile: Profile = DEFAULT) -> None:
        self.heard = heard
        self._chip = chip
        self._profile = profile
        self._lines: list[bytes | None] = [None] * len(heard)
        self._chunks: dict[bool, list[tuple[bytes, int]]] = {}

    def line(self, index: int) -> bytes:
        line = self._lines[index]
        if line is None:
            ad = self.heard[index]
            line = self._lines[index] = scan_event(ad, self._chip(ad.lane), self._profile)
        return line

    def chunks(self, *, active: bool) -> list[tuple[bytes, int]]:
        """Everything (`active`), or everything but scan responses; the same bytes for each client that asks."""
        made = self._chunks.get(active)
        if made is None:
            wanted = [self.line(n) for n, ad in enumerate(self.heard) if active or not is_scan_response(ad)]
            made = self._chunks[active] = chunked(wanted)
        return made


def chunked(lines: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Runs of up to `CHUNK` lines, each with its number of lines."""
    runs = [lines[at : at + CHUNK] for at in range(0, len(lines), CHUNK)]
    return [(b"".join(run), len(run)) for run in runs]


class Scanner:
    """`lanes` None: every lane. `call_later` as the event loop's, in seconds; `zone` None: this machine's; `keys`: more
    keys for every event, as `encoding.key` writes them."""

    def __init__(
        self,
        query: ScanQuery,
        lanes: tuple[str, ...] | None,
        *,
        call_later: CallLater,
        zone: tzinfo | None = None,
        speed: float = 1.0,
        keys: bytes = b"",
        outbox: Outbox | None = None,
    ) -> None:
        self.outbox = Outbox(ADVERTISEMENTS) if outbox is None else outbox
        # Lanes suppress duplicates for all; a client that comes later still gets its first report of each device.
        self.wish = ScanRequest(lanes, query.active, replace(query.filter, duplicates_ms=None))
        self._query = query
        self._zone = zone
        self._checks = _all_checks(query, lanes)
        self._keys = keys
        self._shared = replace(query, chip=None, active=False) == ScanQuery() and lanes is None and not keys
        self._interval = query.report_interval / speed if query.report_interval else None
        self._newest: dict[tuple[str, str, bool], bytes] = {}
        self._call_later = call_later
        self._timer: asyncio.TimerHandle | None = None

    def offer(self, lines: Lines) -> None:
        if self._shared:
            for chunk, events in lines.chunks(active=self._query.active):
                self.outbox.put(chunk, events)
            return
        wanted = [(ad, self._line(ad, lines.line(n))) for n, ad in enumerate(lines.heard) if self._wants(ad)]
        if self._interval is None:
            self._send([line for _, line in wanted])
        else:
            self._gather(wanted, self._interval)

    def close(self) -> None:
        self.outbox.close()
        if self._timer is not None:
            self._timer.cancel()

    def _wants(self, ad: Advertisement) -> bool:
        return all(check(ad) for check in self._checks)

    def _line(self, ad: Advertisement, line: bytes) -> bytes:
        keys = self._keys
        if self._query.timestamp:
            keys += key("timestamp", timestamp(ad.at, self._zone))
        if self._query.beacon:
            keys += beacon_key(payload(ad))
        return with_keys(line, keys)

    def _send(self, lines: Sequence[bytes]) -> None:
        for chunk, events in chunked(lines):
            self.outbox.put(chunk, events)

    def _gather(self, wanted: Sequence[tuple[Advertisement, bytes]], interval: float) -> None:
        """Keeps the newest report of each device, lane and sort until the interval ends."""
        for ad, line in wanted:
            self._newest[ad.lane, ad.address, is_scan_response(ad)] = line
        if len(self._newest) > GATHERED_MAX:
            self._flush()
        elif self._newest and self._timer is None:
            self._timer = self._call_later(interval, self._flush)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._send(tuple(self._newest.values()))
        self._newest.clear()


def _all_checks(query: ScanQuery, lanes: tuple[str, ...] | None) -> tuple[Check, ...]:
    found = list(checks(query.filter))
    if lanes is not None:
        found.insert(0, on_lanes(lanes))
    if not query.active:
        found.insert(0, no_scan_response)
    if query.filter.duplicates_ms is not None:
        window = query.filter.duplicates_ms / 1000
        found.append(Duplicates(window if window >= 1 else None))
    return tuple(found)
