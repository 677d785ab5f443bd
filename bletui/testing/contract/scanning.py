"""Promises about scanning."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from bletui.model import Advertisement, ScanRequest, StreamChanged
from bletui.plugin.events import admitted
from bletui.testing.contract.subject import Bench, Subject, bench
from bletui.text import is_clean
from bletui.wire.schema import ShapeError


async def scanning_hears(subject: Subject) -> None:
    """After scan(request) the stream is told live and advertisements come, each from a lane that was told."""
    async with bench(subject) as b:
        b.backend.scan(ScanRequest(active=True))
        await b.until(lambda: _states(b, "live"), "StreamChanged(live) of the scan")
        await b.until(lambda: len(b.of(Advertisement)) >= 3, "advertisement")
        unknown = {heard.lane for heard in b.of(Advertisement)} - set(b.lanes())
        assert not unknown, f"advertisements from lanes that were never told: {sorted(unknown)}"


async def scan_returns_at_once(subject: Subject) -> None:
    """scan() states a wish and returns without waiting."""
    async with bench(subject) as b:
        told = len(b.batches)
        b.backend.scan(ScanRequest())
        assert not any(isinstance(e, Advertisement) for batch in b.batches[told:] for e in batch)


async def scanning_stops(subject: Subject) -> None:
    """After scan(None) the stream is told off, and no advertisement comes after that."""
    async with bench(subject) as b:
        b.backend.scan(ScanRequest())
        await b.until(lambda: b.of(Advertisement), "advertisement")
        b.backend.scan(None)
        await b.until(lambda: _states(b, "off"), "StreamChanged(off) of the scan")
        off = _last_off(b)
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not any(isinstance(event, Advertisement) for event in b.events[off:]), "heard after it was off"


async def scanning_can_start_again(subject: Subject) -> None:
    """A scan that was stopped can be asked for again."""
    async with bench(subject) as b:
        b.backend.scan(ScanRequest())
        await b.until(lambda: b.of(Advertisement), "advertisement")
        b.backend.scan(None)
        await b.until(lambda: _states(b, "off"), "StreamChanged(off) of the scan")
        heard = len(b.of(Advertisement))
        b.backend.scan(ScanRequest())
        await b.until(lambda: len(b.of(Advertisement)) > heard, "advertisement after the second start")


async def times_run_forward(subject: Subject) -> None:
    """On each lane `at` never runs backwards, and it is wall time."""
    async with bench(subject) as b:
        b.backend.scan(ScanRequest())
        await b.until(lambda: len(b.of(Advertisement)) >= 10, "ten advertisements")
        last: dict[str, float] = defaultdict(float)
        for heard in b.of(Advertisement):
            assert heard.at >= last[heard.lane], f"time ran backwards on {heard.lane}"
            last[heard.lane] = heard.at
        assert min(last.values()) > 1e9, "`at` is seconds since 1970"


async def what_is_heard_has_its_form(subject: Subject) -> None:
    """Addresses are upper-case colon form or an opaque id, strings are visible, RSSI is dBm, unknown is None."""
    async with bench(subject) as b:
        b.backend.scan(ScanRequest(active=True))
        await b.until(lambda: len(b.of(Advertisement)) >= 10, "ten advertisements")
        for heard in b.of(Advertisement):
            assert heard.address, "an advertisement without an address"
            assert heard.address == heard.address.upper() or ":" not in heard.address
            assert heard.rssi is None or -127 <= heard.rssi <= 20
            assert heard.name is None or is_clean(heard.name), f"{heard.name!r} did not pass text.visible"
            assert heard.raw is not None or heard.fields is not None or heard.name is not None


async def what_is_told_is_of_the_port(subject: Subject) -> None:
    """Every event is one of the port's, each field of its type: what is not, bletui drops and counts."""
    async with bench(subject) as b:
        b.backend.scan(ScanRequest())
        await b.until(lambda: len(b.batches) > 3, "fourth batch of events")
        for event in b.events:
            try:
                admitted(event)
            except ShapeError as wrong:
                raise AssertionError(str(wrong)) from wrong


def _states(b: Bench, state: str) -> list[StreamChanged]:
    return [event for event in b.of(StreamChanged) if event.stream == "scan" and event.state == state]


def _last_off(b: Bench) -> int:
    """Where the scan was off on every lane that had been live."""
    events = b.events
    return max(n for n, e in enumerate(events) if isinstance(e, StreamChanged) and e.state == "off")


CHECKS = {
    scanning_hears: (),
    scan_returns_at_once: (),
    scanning_stops: (),
    scanning_can_start_again: (),
    times_run_forward: (),
    what_is_heard_has_its_form: (),
    what_is_told_is_of_the_port: (),
}
