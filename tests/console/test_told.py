"""What header, empty list and details say."""

from __future__ import annotations

import pytest
from hypothesis import given

from bletui.console.anatomy import details, payload, strip
from bletui.console.empty import Why, why_empty
from bletui.console.glyphs import UNICODE
from bletui.console.listing import Counts
from bletui.console.spans import width, words
from bletui.console.status import header, radio_state, short_name
from bletui.devices import Device, DeviceStore
from bletui.failure import ErrorKind, Failure
from bletui.model import Event, Lane, LaneChanged, StreamChanged, StreamState
from bletui.rate import Rate
from bletui.session import Joined
from bletui.target import parse
from tests import values
from tests.console.stage import LANE, NOW, heard

NONE = Counts(0, 0, 0, 0)
CLOSED = Failure(kind=ErrorKind.NET_CLOSED)


def radio(*events: Event, failure: Failure | None = None) -> Joined:
    joined = Joined("local:hci0", parse("local:hci0"))
    joined.note(events)
    joined.failure = failure
    return joined


def lane(n: int, usable: Failure | None = None) -> LaneChanged:
    return LaneChanged(NOW, Lane(f"{LANE}{n}", usable=usable))


def stream(n: int, state: StreamState, retry_at: float | None = None) -> StreamChanged:
    return StreamChanged(NOW, f"{LANE}{n}", "scan", state, CLOSED if state == "broken" else None, retry_at)


def state(*events: Event, failure: Failure | None = None) -> str:
    return radio_state(radio(*events, failure=failure), NOW).text


def test_the_state_of_a_radio_in_a_word_or_two() -> None:
    assert state() == "opening"
    assert state(lane(0), stream(0, "live")) == "scanning"
    assert state(lane(0), lane(1), stream(0, "live"), stream(1, "live")) == "2 lanes scanning"
    assert state(lane(0), stream(0, "broken", NOW + 4)) == "down, retry in 4 s"
    assert state(lane(0), stream(0, "broken")) == "down"
    assert state(lane(0), lane(1), stream(0, "live"), stream(1, "broken", NOW + 2.4)) == "1/2 scanning, retry in 2 s"
    assert state(lane(0), stream(0, "off")) == "off"
    assert state(lane(0), stream(0, "live"), stream(1, "off")) == "scanning"  # the other lane was taken away
    assert state(lane(0, Failure(kind=ErrorKind.ADAPTER_OFF))) == "adapter.off"
    assert state(failure=CLOSED) == "net.closed"
    assert state(failure=Failure(kind=ErrorKind.OP_CANCELLED, detail="the seat was taken\x07")).startswith(
        "the seat was"
    )
    lost = StreamChanged(NOW, None, "bridge", "broken", CLOSED, NOW + 4)
    assert state(lane(0), stream(0, "live"), lost) == "down, retry in 4 s"  # what was live is not known to be any more
    assert state(lane(0), stream(0, "live"), lost, StreamChanged(NOW, None, "bridge", "live")) == "scanning"


def test_a_radio_in_trouble_stands_first() -> None:
    good, bad = radio(lane(0), stream(0, "live")), radio(failure=CLOSED)
    bad.name = "bad"
    told = words(header([good, bad], now=NOW, size=80))
    assert told.index("bad") < told.index("local")


def test_a_routers_address_is_shortened() -> None:
    assert short_name("CC:1B:E0:E0:F1:E8/0") == "CC:1B..F1:E8/0"
    assert short_name("a\x1b[2J") == "a\\x1b[2J"


def test_a_rate_counts_the_last_seconds_and_starts_anew_with_another_counter() -> None:
    rate = Rate()
    for second in range(10):
        rate.add(float(second), second * 100)
    assert rate.value == 100
    rate.add(9.5, 10_000)
    assert rate.value == 100
    rate.add(11, 5)
    assert rate.value == 0


def why(*events: Event, counts: Counts = NONE, waited: float = 0.0, failure: Failure | None = None) -> Why:
    told = why_empty([radio(*events, failure=failure)], counts, expression="rssi>=-40", now=NOW, waited=waited)
    assert told is not None
    return told


def test_the_list_says_why_it_is_empty() -> None:
    off = Failure(kind=ErrorKind.ADAPTER_OFF)
    denied = Failure(kind=ErrorKind.ADAPTER_DENIED)
    live = (lane(0), stream(0, "live"))
    assert why_empty([], Counts(3, 1, 2, 0), expression="", now=NOW, waited=0) is None
    assert why(*live, counts=Counts(3, 0, 2, 1)).title.text == "All 3 devices are hidden by the filter"
    assert "1 of them" in words(why(*live, counts=Counts(3, 0, 2, 1)).lines[1])
    assert "scan.clear" in why(*live, counts=Counts(3, 0, 3, 0)).keys
    assert why(*live, waited=3).title.text == "Listening, 3 s"
    assert why(*live, waited=8).title.text == "Nothing heard for 8 s"
    assert why(lane(0), stream(0, "broken", NOW + 4)).title.text == "The scan stream is down, retry in 4 s"
    assert "E0102" in words(why(lane(0, off)).facts[0][1])
    assert "E0103" in words(why(lane(0, denied)).facts[0][1])
    assert "E0101" in words(why(failure=Failure(kind=ErrorKind.ADAPTER_MISSING)).facts[0][1])
    assert "app.simulator" in why(lane(0, off)).keys
    assert why().title.text == "Opening …"


def one(raw: bytes) -> Device:
    store = DeviceStore()
    store.update([heard(1, raw=raw)])
    return next(iter(store.devices.values()))


def test_the_anatomy_names_every_structure_and_marks_what_is_wrong() -> None:
    told = [words(row).rstrip() for row in payload("Advertising data", bytes.fromhex("02010620ffaabb"), 80, UNICODE)]
    assert "malformed" in told[0]
    assert told[1] == "   0 02 01 Flags"
    assert told[2].strip() == "06"
    assert told[3].strip() == "LE General Discoverable, BR/EDR not supported"
    assert told[4] == "!  3 20 FF Manufacturer Specific Data"
    assert told[6].strip() == "says 32 bytes, 3 left"


@given(values.advertisements)
def test_details_of_any_device_fit_any_width(report: object) -> None:
    store = DeviceStore()
    store.update([report])  # type: ignore[list-item]
    (device,) = store.devices.values()
    for size in (38, 45, 80):
        for row in (*details(device, {}, now=NOW, size=size, glyphs=UNICODE), *strip(
            device, {}, now=NOW, size=size, glyphs=UNICODE
        )):  # fmt: skip
            assert width(row) == size
            assert "\x1b" not in words(row)


def test_every_byte_of_a_payload_stands_in_the_anatomy() -> None:
    raw = bytes.fromhex("02010603ff4c0011ff000102030405060708090a0b0c0d0e0f")
    told = "".join(words(row) for row in details(one(raw), {}, now=NOW, size=80, glyphs=UNICODE))
    assert "00 01 02 03 04 05 06 07  08 09 0A 0B 0C 0D 0E 0F" in told


@pytest.mark.parametrize("size", [24, 40, 60, 80])
def test_an_alert_in_the_header_ends_before_what_stands_beside_it(size: int) -> None:
    shown = header(
        [Joined("sim", parse("sim:"))], now=NOW, size=size, alert="ALERT value 21.64 is under 30, thermometer"
    )
    assert width(shown) == size
    mark = next(span for span in shown if span.role == "mark")
    assert mark.text.startswith(" ALERT")
    assert mark.text.endswith(" ")
    assert shown[-1].role == "plain"
    assert words(shown).endswith(" ")


@pytest.mark.parametrize(("problems", "said"), [(0, ""), (1, "1 new problem   "), (12, "12 new problems   ")])
def test_the_header_counts_what_nobody_has_looked_at(problems: int, said: str) -> None:
    told = words(header([Joined("sim", parse("sim:"))], now=NOW, size=80, problems=problems))
    assert told.startswith(f" bletui  {said}sim opening")


def test_a_radio_that_is_down_stands_before_the_count_of_problems() -> None:
    good, bad = radio(lane(0), stream(0, "live")), radio(failure=CLOSED)
    bad.name = "bad"
    told = words(header([good, bad], now=NOW, size=80, problems=1))
    assert told.startswith(" bletui  bad net.closed   1 new problem   local:hci0 scanning ")
