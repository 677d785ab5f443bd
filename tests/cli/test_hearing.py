from __future__ import annotations

from dataclasses import replace

from bletui import filters
from bletui.cli.forms import QUIET, JsonLines, News, Table
from bletui.cli.hearing import Hearing
from bletui.failure import ErrorKind, Failure
from bletui.model import Advertisement, Lane, LaneChanged, LaneDown, Shed, StreamChanged

ONE = Advertisement(1.0, "x/1", "AA:00:00:00:00:01", "random", -60, "ADV_IND", b"\x02\x01\x06")
TWO = ONE._replace(address="AA:00:00:00:00:02")
REFUSED = Failure(kind=ErrorKind.NET_REFUSED)
SLOW = Failure(kind=ErrorKind.NET_TIMEOUT)


def said(hearing: Hearing, *events: LaneChanged | LaneDown | StreamChanged) -> list[str]:
    return [words for words, _ in hearing.narrate("x", events)]


def test_json_writes_every_report_in_order_with_its_gaps() -> None:
    hearing = Hearing(JsonLines())
    text = hearing.take([ONE, Shed(1.0, "x/1", "advertisements", 7), TWO])
    assert [line.split('"')[3] for line in text.splitlines()] == [
        "bletui.advertisement/1",
        "bletui.shed/1",
        "bletui.advertisement/1",
    ]
    assert hearing.take([Shed(1.0, None, "malformed events", 2), Shed(1.0, "x/1", "advertisements", 3)])
    assert hearing.shed == {"advertisements": 10, "malformed events": 2}


def test_the_limit_cuts_within_a_batch() -> None:
    hearing = Hearing(JsonLines(), limit=1)
    assert len(hearing.take([ONE, TWO]).splitlines()) == 1
    assert hearing.done
    assert hearing.take([TWO]) == ""


def test_news_are_a_first_hearing_a_name_and_a_payload_now_and_then() -> None:
    hearing = Hearing(News(None))
    other = ONE._replace(raw=b"\x02\x01\x04")
    name = ONE._replace(pdu="SCAN_RSP", raw=b"\x03\x09ab")

    def news(heard: Advertisement) -> str:
        return (hearing.take([heard]).split() or ["", ""])[1]

    assert news(ONE) == "new"
    assert news(ONE._replace(at=100.0)) == ""
    assert news(name._replace(at=1.1)) == "name"
    assert news(other._replace(at=1.2)) == ""
    assert news(other._replace(at=1.1 + QUIET)) == "data"


def test_the_table_counts_devices_and_comes_last() -> None:
    hearing = Hearing(Table(None), limit=2)
    assert hearing.take([ONE, ONE]) == ""
    assert not hearing.done
    hearing.take([TWO])
    assert hearing.done
    assert len(hearing.end().splitlines()) == 3


def test_the_filter_hides_and_counts_what_it_hides_and_what_it_cannot_tell() -> None:
    hearing = Hearing(JsonLines(), filters.parse("connectable"))
    unknown = replace_address(ONE, 3)._replace(pdu=None)
    text = hearing.take([ONE, TWO._replace(pdu="ADV_NONCONN_IND"), unknown])
    assert len(text.splitlines()) == 1
    assert hearing.unmatched() == (1, 1)


def replace_address(heard: Advertisement, n: int) -> Advertisement:
    return heard._replace(address=f"AA:00:00:00:00:0{n}")


def test_a_lane_is_worth_a_line_when_it_fails_and_when_it_is_back() -> None:
    hearing = Hearing(JsonLines())
    lane = Lane("x/1", "hci0")
    assert said(hearing, LaneChanged(1.0, lane)) == [""]
    assert "net.refused" in said(hearing, LaneChanged(1.0, replace(lane, usable=REFUSED)))[0]
    assert said(hearing, LaneChanged(1.0, replace(lane, usable=REFUSED, slots_used=1))) == [""]
    assert said(hearing, LaneChanged(1.0, lane)) == ["hci0: ready again"]
    assert "gone" in said(hearing, LaneDown(1.0, "x/1", REFUSED))[0]


def test_a_lane_is_called_by_its_name_unless_two_have_the_same() -> None:
    hearing = Hearing(JsonLines())
    said(
        hearing, LaneChanged(1.0, Lane("10.0.0.7/10.0.0.7/0", "10.0.0.7/0")), LaneChanged(1.0, Lane("local/A", "hci0"))
    )
    assert said(hearing, StreamChanged(1.0, "10.0.0.7/10.0.0.7/0", "scan", "live")) == ["10.0.0.7/0: scanning"]
    assert said(hearing, StreamChanged(1.0, "local/A", "scan", "live")) == ["hci0: scanning"]
    said(hearing, LaneChanged(1.0, Lane("sim/B", "hci0")))
    assert said(hearing, StreamChanged(1.0, "local/A", "scan", "live")) == ["local/A: scanning"]
    assert said(hearing, StreamChanged(1.0, None, "scan", "live")) == ["x: scanning"]


def test_only_a_scan_that_is_live_has_listened() -> None:
    hearing = Hearing(JsonLines())
    said(hearing, StreamChanged(1.0, None, "scan", "opening"), StreamChanged(1.0, None, "state", "live"))
    assert not hearing.live
    said(hearing, StreamChanged(2.0, None, "scan", "live"), StreamChanged(3.0, None, "scan", "off"))
    assert hearing.live


def test_simulated_data_is_called_so_once() -> None:
    hearing = Hearing(JsonLines())
    lane = Lane("x/1", info={"simulated": "a made-up site"})
    assert said(hearing, LaneChanged(1.0, lane), LaneChanged(1.0, lane)) == ["x: simulated: a made-up site", ""]


def test_a_stream_says_when_it_is_live_and_when_it_is_tried_again() -> None:
    hearing = Hearing(JsonLines())
    assert said(hearing, StreamChanged(1.0, "x/1", "scan", "live")) == ["x/1: scanning"]
    assert said(hearing, StreamChanged(1.0, None, "scan", "broken", SLOW, 5.0))[0].endswith("next try in 4 s")


def test_the_worst_is_the_gravest_that_still_holds() -> None:
    hearing = Hearing(JsonLines())
    assert hearing.worst() is None
    said(hearing, StreamChanged(1.0, "x/1", "scan", "broken", SLOW))
    said(hearing, LaneChanged(1.0, Lane("x/2", usable=REFUSED)))
    assert hearing.worst() == REFUSED
    said(hearing, LaneChanged(1.0, Lane("x/2")))
    assert hearing.worst() == SLOW
    said(hearing, StreamChanged(1.0, "x/1", "scan", "live"))
    assert hearing.worst() is None


def test_hostile_words_of_a_far_side_are_visible() -> None:
    hearing = Hearing(JsonLines())
    bad = Failure(kind=ErrorKind.NET_REFUSED, message="\x1b]52;c;aGk=\x07")
    lane = Lane("x/\x1b[2J", usable=bad, info={"simulated": "\x1b"})
    words = [*said(hearing, LaneChanged(1.0, lane)), *said(hearing, LaneDown(1.0, lane.id, bad))]
    words += said(hearing, StreamChanged(1.0, "\x1b", "scan", "broken", bad))
    assert not any("\x1b" in line for line in words)
