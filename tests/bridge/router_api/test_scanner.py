"""One client's part of the common scan, and the cost that clients share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api import scanner
from bletui.bridge.router_api.matching import checks
from bletui.bridge.router_api.query import ScanQuery
from bletui.bridge.router_api.scanner import CHUNK, Lines, Scanner
from bletui.model import Advertisement, ScanFilter, ScanRequest
from bletui.radio.wishes import union
from tests import values
from tests.bridge.router_api.site import heard


def client(query: ScanQuery | None = None, lanes: tuple[str, ...] | None = None) -> Scanner:
    return Scanner(query or ScanQuery(), lanes, call_later=asyncio.get_running_loop().call_later, zone=UTC)


def lines(*ads: str) -> Lines:
    """Advertisements named by their RSSI; `r` behind it makes a scan response."""
    return Lines(
        [heard(rssi=-int(ad.rstrip("r")), pdu="SCAN_RSP" if ad.endswith("r") else "ADV_IND") for ad in ads],
        lambda lane: int(lane[-1]),
    )


async def told(one: Scanner) -> list[int]:
    if not one.outbox.waiting:
        return []
    blocks = (await one.outbox.take()).decode().split("\n\n")[:-1]
    return [-json.loads(block.removeprefix("data: "))["rssi"] for block in blocks]


async def test_clients_without_options_share_the_same_bytes() -> None:
    first, second, batch = client(), client(), lines("50", "60")
    for one in (first, second):
        one.offer(batch)
    assert await first.outbox.take() is await second.outbox.take()


async def test_a_passive_client_hears_no_scan_response_an_active_one_hears_both() -> None:
    passive, active, batch = client(), client(ScanQuery(active=True)), lines("50", "51r", "52")
    passive.offer(batch)
    active.offer(batch)
    assert await told(passive) == [50, 52]
    assert await told(active) == [50, 51, 52]


async def test_large_batches_are_cut_into_chunks_of_whole_events() -> None:
    batch = lines(*(["50"] * (2 * CHUNK + 1)))
    assert [count for _, count in batch.chunks(active=True)] == [CHUNK, CHUNK, 1]
    assert all(chunk.endswith(b"}\n\n") for chunk, _ in batch.chunks(active=True))


async def test_the_wish_is_what_the_radio_must_hear() -> None:
    wanted = ScanFilter(min_rssi=-70)
    assert client(ScanQuery(active=True, filter=wanted), ("r/0",)).wish == ScanRequest(("r/0",), True, wanted)


async def test_other_lanes_are_not_this_clients() -> None:
    one = client(lanes=("r/1",))
    one.offer(Lines([heard(rssi=-50), heard(rssi=-60, lane="r/1")], lambda lane: int(lane[-1])))
    assert await told(one) == [60]


async def test_duplicates_are_suppressed_for_who_asks_alone() -> None:
    once, every = client(ScanQuery(filter=ScanFilter(duplicates_ms=1))), client()
    for one in (once, every):
        one.offer(lines("50", "51"))
    assert await told(once) == [50]
    assert await told(every) == [50, 51]


async def test_an_interval_ends_by_itself_and_starts_with_the_next_report() -> None:
    calls: list[float] = []
    loop = asyncio.get_running_loop()

    def at_once(delay: float, flush: Callable[[], None]) -> asyncio.TimerHandle:
        calls.append(delay)
        return loop.call_later(0, flush)

    one = Scanner(ScanQuery(report_interval=4.0), None, call_later=at_once, zone=UTC, speed=2)
    one.offer(lines("50", "51"))
    one.offer(lines("52"))
    assert one.outbox.waiting == 0
    async with asyncio.timeout(5):
        assert b'"rssi":-52' in await one.outbox.take()
    one.offer(lines("53"))
    assert calls == [2.0, 2.0]
    one.close()


async def test_gathered_reports_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "GATHERED_MAX", 2)
    one = client(ScanQuery(report_interval=1000.0))
    one.offer(Lines([heard(address=f"AA:00:00:00:00:0{n}", rssi=-n) for n in range(3)], lambda lane: 0))
    assert await told(one) == [0, 1, 2]
    one.close()


async def test_a_closed_client_leaves_no_timer() -> None:
    timers: list[asyncio.TimerHandle] = []

    def call_later(delay: float, flush: Callable[[], None]) -> asyncio.TimerHandle:
        timers.append(asyncio.get_running_loop().call_later(delay, flush))
        return timers[-1]

    one = Scanner(ScanQuery(report_interval=1000.0), None, call_later=call_later)
    one.offer(lines("50"))
    one.close()
    assert [timer.cancelled() for timer in timers] == [True]


async def test_extra_keys_are_this_clients_alone() -> None:
    timed, plain, batch = client(ScanQuery(timestamp=True)), client(), lines("50")
    for one in (timed, plain):
        one.offer(batch)
    assert b'"timestamp":"2023-11-14 22:13:20.000 UTC"' in await timed.outbox.take()
    assert b"timestamp" not in await plain.outbox.take()


queries = st.builds(
    ScanQuery,
    active=st.booleans(),
    filter=st.builds(
        ScanFilter,
        min_rssi=st.none() | st.integers(-90, 0),
        addresses=st.sampled_from([(), ("A4*",), ("72:A2:28:A8:68:68",)]),
        names=st.sampled_from([(), ("*",)]),
        connectable=st.booleans(),
        duplicates_ms=st.sampled_from([None, 1, 1000]),
    ),
)
clients = st.lists(st.tuples(queries, st.sampled_from([None, ("a/hci0",), ("a/0", "b/1")])), min_size=1, max_size=4)


def hears(wish: ScanRequest | None, ad: Advertisement) -> bool:
    """A radio that does exactly what it was asked for."""
    assert wish is not None
    on_lane = wish.lanes is None or ad.lane in wish.lanes
    return on_lane and (wish.active or ad.pdu != "SCAN_RSP") and all(check(ad) for check in checks(wish.filter))


@given(clients, st.lists(values.advertisements, max_size=12))
def test_each_client_gets_what_it_would_get_alone(
    wanted: list[tuple[ScanQuery, tuple[str, ...] | None]], ads: list[Advertisement]
) -> None:
    async def got(together: list[tuple[ScanQuery, tuple[str, ...] | None]]) -> list[bytes]:
        scanners = [client(query, lanes) for query, lanes in together]
        wish = union([one.wish for one in scanners])
        batch = Lines([ad for ad in ads if hears(wish, ad)], lambda lane: len(lane))
        for one in scanners:
            one.offer(batch)
        return [await one.outbox.take() if one.outbox.waiting else b"" for one in scanners]

    async def story() -> None:
        assert await got(wanted) == [(await got([alone]))[0] for alone in wanted]

    asyncio.run(story())
