"""Lanes and streams tick by tick: what is reported when, and how faults show."""

from __future__ import annotations

from itertools import islice

from bletui.backends.simulator.faults import parse
from bletui.backends.simulator.home import BOXES, home
from bletui.backends.simulator.lanes import receivers
from bletui.backends.simulator.reception import Reception
from bletui.backends.simulator.schedule import TICK, schedule
from bletui.backends.simulator.siteclock import SiteClock
from bletui.failure import ErrorKind
from bletui.model import Advertisement, Event, LaneChanged, LaneDown, ScanFilter, ScanRequest, StreamChanged

EARS = receivers("sim", 3, BOXES)

LANES = ("hci0", "router/0", "router/1")
ROUTER = "sim/CC:1B:E0:00:00:01/0"
START = 1000.0


def story(
    seconds: float,
    request: ScanRequest | None,
    fault: str = "",
    stop: float | None = None,
    restart: float | None = None,
) -> tuple[list[Event], list[Advertisement]]:
    """(state events, advertisements); the wish is withdrawn after `stop` seconds, stated anew after `restart`."""
    site, clock = home(EARS, 1, 900.0), SiteClock(START)
    reception = Reception(site, "sim", parse(fault, LANES), clock)
    states, heard = reception.lanes(), []
    for n, tick in enumerate(islice(schedule(site, 1, clock), round(seconds / TICK))):
        wish = request if stop is None or n * TICK < stop else None
        restarts = int(restart is not None and n * TICK >= restart)
        changes, reported = reception.tick(n * TICK, tick, wish, restarts=restarts)
        states += changes
        heard += reported
    return states, heard


def streams(events: list[Event], lane: str) -> list[tuple[float, str]]:
    return [
        (round(event.at - START, 3), event.state)
        for event in events
        if isinstance(event, StreamChanged) and event.lane == lane
    ]


def test_every_lane_says_that_it_is_simulated_and_how_many_links_it_holds() -> None:
    states, _ = story(0.0, None)
    lanes = [event.lane for event in states if isinstance(event, LaneChanged)]
    assert [lane.name for lane in lanes] == list(LANES)
    for lane in lanes:
        assert "made-up site" in lane.info["simulated"]
        assert not lane.cannot
    assert [(lane.slots_used, lane.slots_max) for lane in lanes] == [(0, 7), (0, 11), (0, 11)]
    assert [(lane.router, lane.chip) for lane in lanes[1:]] == [("CC:1B:E0:00:00:01", 0), ("CC:1B:E0:00:00:01", 1)]


def test_a_stream_opens_lives_and_ends_and_packets_come_only_while_it_lives() -> None:
    states, heard = story(4.0, ScanRequest(), stop=2.0)
    assert streams(states, "sim/hci0") == [(0.0, "opening"), (0.05, "live"), (2.0, "off")]
    assert {event.lane for event in heard} == {"sim/hci0", ROUTER, ROUTER[:-1] + "1"}
    assert all(START + 0.05 <= event.at < START + 2.0 for event in heard)


def test_only_the_lanes_that_were_asked_for_scan() -> None:
    states, heard = story(3.0, ScanRequest(lanes=(ROUTER, "sim/none")))
    assert {event.lane for event in heard} == {ROUTER}
    assert streams(states, "sim/hci0") == []


def test_scan_responses_come_only_to_an_active_scan() -> None:
    _, passive = story(3.0, ScanRequest())
    _, active = story(3.0, ScanRequest(active=True))
    assert {event.pdu for event in passive} >= {"ADV_IND", "ADV_NONCONN_IND"}
    assert "SCAN_RSP" not in {event.pdu for event in passive}
    assert [event for event in active if event.pdu != "SCAN_RSP"] == passive
    assert len(active) > len(passive)


def test_filters_are_honoured() -> None:
    _, heard = story(5.0, ScanRequest(filter=ScanFilter(min_rssi=-70)))
    _, everything = story(5.0, ScanRequest())
    assert heard == [event for event in everything if (event.rssi or 0) >= -70]
    assert 0 < len(heard) < len(everything)


def test_a_broken_stream_names_its_failure_and_its_next_try_and_comes_back() -> None:
    states, heard = story(5.0, ScanRequest(), "stream:broken[hci0]@1s-3s")
    assert streams(states, "sim/hci0") == [
        (0.0, "opening"), (0.05, "live"), (1.0, "broken"), (3.0, "opening"), (3.05, "live"),
    ]  # fmt: skip
    broken = next(event for event in states if isinstance(event, StreamChanged) and event.state == "broken")
    assert broken.failure is not None
    assert (broken.failure.kind, broken.failure.lane) == (ErrorKind.NET_CLOSED, "sim/hci0")
    assert broken.retry_at == START + 3.0
    during = {event.lane for event in heard if START + 1.0 <= event.at < START + 3.05}
    assert "sim/hci0" not in during
    assert ROUTER in during


def test_a_long_outage_is_tried_again_and_again() -> None:
    states, _ = story(14.0, ScanRequest(), "stream:broken[hci0]@1s-12s")
    tries = [e.retry_at - START for e in states if isinstance(e, StreamChanged) and e.retry_at is not None]
    assert tries == [6.0, 11.0, 12.0]
    assert streams(states, "sim/hci0")[-2:] == [(12.0, "opening"), (12.05, "live")]


def test_a_failure_that_waiting_cannot_mend_has_no_next_try() -> None:
    states, _ = story(2.0, ScanRequest(), "stream:auth.refused@1s-")
    broken = [event for event in states if isinstance(event, StreamChanged) and event.state == "broken"]
    assert len(broken) == 3
    assert {(event.retry_at, event.failure and event.failure.kind) for event in broken} == {
        (None, ErrorKind.AUTH_REFUSED)
    }


def test_a_silent_stream_stays_live() -> None:
    states, heard = story(4.0, ScanRequest(), "stream:silent@1s-3s")
    assert streams(states, ROUTER) == [(0.0, "opening"), (0.05, "live")]
    assert not [event for event in heard if START + 1.0 <= event.at < START + 3.0]
    assert [event for event in heard if event.at >= START + 3.0]


def test_a_radio_that_is_off_from_the_start_says_so_before_any_scan() -> None:
    states, heard = story(1.0, ScanRequest(), "lane:off[hci0]")
    first = states[0]
    assert isinstance(first, LaneChanged)
    assert first.lane.usable is not None
    assert first.lane.usable.kind is ErrorKind.ADAPTER_OFF
    off = [event for event in states if isinstance(event, StreamChanged) and event.lane == "sim/hci0"]
    assert [(event.state, event.failure) for event in off] == [("off", first.lane.usable)]
    assert "sim/hci0" not in {event.lane for event in heard}


def test_a_radio_that_was_off_scans_again_by_itself() -> None:
    states, _ = story(4.0, ScanRequest(), "lane:off[hci0]@1s-2s")
    usable = [e.lane.usable is None for e in states if isinstance(e, LaneChanged) and e.lane.id == "sim/hci0"]
    assert usable == [True, False, True]
    assert [state for _, state in streams(states, "sim/hci0")] == ["opening", "live", "off", "opening", "live"]


def test_a_lane_goes_and_comes_back() -> None:
    states, heard = story(4.0, ScanRequest(), "lane:down@1s-3s")
    down = [event for event in states if isinstance(event, LaneDown)]
    assert [event.reason.kind for event in down] == [
        ErrorKind.ADAPTER_MISSING, ErrorKind.ROUTER_UNAVAILABLE, ErrorKind.ROUTER_UNAVAILABLE,
    ]  # fmt: skip
    back = [event for event in states if isinstance(event, LaneChanged) and event.at == START + 3.0]
    assert len(back) == 3
    assert streams(states, ROUTER)[-2:] == [(3.0, "opening"), (3.05, "live")]
    assert not [event for event in heard if START + 1.0 <= event.at < START + 3.05]


def test_a_lane_that_is_gone_from_the_start_is_not_listed() -> None:
    states, _ = story(0.0, None, "lane:down[router/1]@0s-5s")
    assert [event.lane.name for event in states if isinstance(event, LaneChanged)] == ["hci0", "router/0"]


def test_a_restated_wish_opens_every_stream_once_more() -> None:
    states, heard = story(4.0, ScanRequest(), restart=2.0)
    assert streams(states, ROUTER) == [(0.0, "opening"), (0.05, "live"), (2.0, "opening"), (2.05, "live")]
    assert [event for event in heard if event.at >= START + 2.05]


def test_a_restated_wish_ends_an_outage_that_would_have_ended_anyway() -> None:
    states, heard = story(6.0, ScanRequest(), "stream:broken[hci0]@1s-60s", restart=3.0)
    assert streams(states, "sim/hci0")[2:] == [(1.0, "broken"), (3.0, "opening"), (3.05, "live")]
    assert "sim/hci0" in {event.lane for event in heard if event.at > START + 3.1}
    assert streams(states, ROUTER)[-1] == (3.05, "live")


def test_a_restated_wish_makes_a_silent_stream_speak() -> None:
    _, heard = story(6.0, ScanRequest(), "stream:silent[hci0]@1s-60s", restart=3.0)
    during = {event.lane for event in heard if START + 1.1 < event.at < START + 3.0}
    assert "sim/hci0" not in during
    assert "sim/hci0" in {event.lane for event in heard if event.at > START + 3.1}


def test_an_outage_for_good_or_of_less_than_a_second_breaks_anew_with_a_later_try() -> None:
    for fault, restart in (("stream:broken[hci0]@1s-", 3.0), ("stream:broken[hci0]@1s-60s", 1.5)):
        states, _ = story(5.0, ScanRequest(), fault, restart=restart)
        told = [event for event in states if isinstance(event, StreamChanged) and event.lane == "sim/hci0"]
        assert [event.state for event in told] == ["opening", "live", "broken", "opening", "broken"]
        first, anew = (event.retry_at for event in told if event.state == "broken")
        assert first == START + 6.0
        assert anew == START + restart + 5.0


def test_connected_devices_are_not_heard() -> None:
    site, clock = home(EARS, 1, 900.0), SiteClock(START)
    reception = Reception(site, "sim", (), clock)
    ticks = [list(tick) for tick in islice(schedule(site, 1, clock), 60)]
    who = ticks[30][0].address
    told = [
        event
        for n, tick in enumerate(ticks)
        for event in reception.tick(n * TICK, tick, ScanRequest(), connected={who} if n >= 20 else ())[1]
    ]
    assert who in {event.address for event in told if event.at < START + 1.0}
    assert who not in {event.address for event in told if event.at >= START + 1.0}
