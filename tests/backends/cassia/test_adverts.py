"""Scan events to advertisements: recorded ones, every quirk by name, and anything at all."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.cassia.adverts import DATA_MAX, ScanReader, advertisement
from bletui.backends.cassia.api import MalformedError
from bletui.backends.cassia.happenings import MALFORMED, EventReader
from bletui.model import Advertisement, Event, Extended, Shed
from bletui.text import is_clean
from tests.backends.cassia.any_json import ANYTHING
from tests.backends.cassia.recorded_router import data_event, samples

AT = 1_700_000_000.0
PLAIN = {
    "bdaddrs": [{"bdaddr": "72:A2:28:A8:68:68", "bdaddrType": "random"}],
    "chipId": 0,
    "evtType": 0,
    "rssi": -74,
    "adData": "020106",
    "name": "(unknown)",
}
HEARD = Advertisement(AT, "lane0", "72:A2:28:A8:68:68", "random", -74, "ADV_IND", bytes.fromhex("020106"))
NAMED = "020106080944667554617267"  # flags, complete name DfuTarg


def lane(chip: object) -> str:
    return f"lane{0 if chip is None else chip}"


def fed(*chunks: bytes) -> list[Event]:
    stream, reader = EventReader(), ScanReader(lane)
    told: list[Event] = []
    for chunk in chunks:
        events, malformed = stream.feed(chunk)
        heard, wrong = reader.read(events, AT)
        told += heard
        if malformed + wrong:
            told.append(Shed(AT, None, MALFORMED, malformed + wrong))
    return told


def one(**changes: object) -> Advertisement:
    """PLAIN with changes (None: without the key), read both ways, which must agree."""
    event = {key: value for key, value in {**PLAIN, **changes}.items() if value is not None}
    [quickly] = fed(data_event(event))
    assert isinstance(quickly, Advertisement)
    assert advertisement(event, AT, lane) == quickly
    return quickly


def test_the_recorded_events() -> None:
    heard = fed(b"".join(map(data_event, samples())))
    adverts = [event for event in heard if isinstance(event, Advertisement)]
    assert len(adverts) == len(heard) == 12
    assert [ad.pdu for ad in adverts] == [
        "ADV_IND", "ADV_IND", "ADV_IND", "SCAN_RSP", "ADV_IND", "SCAN_RSP", "ADV_EXT_IND", "SCAN_RSP",
        "ADV_NONCONN_IND", "ADV_IND", "ADV_IND", "ADV_NONCONN_IND",
    ]  # fmt: skip
    assert adverts[2] == Advertisement(
        AT, "lane0", "72:A2:28:A8:68:68", "random", -74, "ADV_IND",
        bytes.fromhex("0201020EFFFFFF1819F99CD17000000000000416372A5107161C2A00000E7E"),
    )  # fmt: skip
    assert adverts[5].raw == b""  # an empty scan response
    assert adverts[6].extended == Extended(
        primary_phy="1M", secondary_phy="2M", sid=0, tx_power=None, interval=0, connectable=True,
        data_status="Complete",
    )  # fmt: skip
    assert {ad.name for ad in adverts} == {None, "xxxxxxxxx"}  # elsewhere the payload carries the name itself


def test_todays_firmware() -> None:
    assert one() == HEARD


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"evtType": None, "evt_type": 3}, "pdu", "ADV_NONCONN_IND"),
        ({"evtType": "4"}, "pdu", "SCAN_RSP"),
        ({"evtType": 9}, "pdu", None),
        ({"evtType": None}, "pdu", None),
        ({"evtType": None, "adData": None, "scanData": "0201"}, "pdu", "SCAN_RSP"),
        ({"adData": None, "scanData": ""}, "raw", b""),
        ({"adData": None}, "raw", None),
        ({"adData": "ff" * 200}, "raw", b"\xff" * 200),
        ({"chipId": None}, "lane", "lane0"),
        ({"chipId": "1"}, "lane", "lane1"),
        ({"rssi": "-74"}, "rssi", -74),
        ({"rssi": None}, "rssi", None),
        ({"rssi": 127}, "rssi", None),
        ({"bdaddrs": {"bdaddr": "72:a2:28:a8:68:68", "bdaddrType": "public"}}, "address_type", "public"),
        ({"bdaddrs": [{"bdaddr": "72:a2:28:a8:68:68"}]}, "address_type", None),
        ({"bdaddrs": None, "bdaddr": "72:A2:28:A8:68:68"}, "address", "72:A2:28:A8:68:68"),
        ({"name": "Lamp"}, "name", "Lamp"),
        ({"name": None}, "name", None),
        ({"name": "DfuTarg", "adData": NAMED}, "name", None),
        ({"name": "\x1b]52;c;x\x07"}, "name", "\\x1b]52;c;x\\x07"),
        ({"name": 7}, "name", None),
        ({"timestamp": "2021-03-08 10:07:17.723 CST", "beacon": {"type": "iBeacon"}}, "rssi", -74),
        ({"dataType": "scan", "ap": "CC:1B:E0:E7:FE:F8"}, "rssi", -74),
    ],
)
def test_quirks(changes: dict[str, object], field: str, value: object) -> None:
    assert getattr(one(**changes), field) == value


def test_both_spellings_of_the_secondary_phy() -> None:
    for key in ("secondaryPhy", "secondryPhy"):
        extended = one(evtType=5, txPower=-8, interval="24", prop="Scannable", **{key: "CODED"}).extended
        assert extended == Extended(secondary_phy="CODED", tx_power=-8, interval=24, connectable=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"bdaddrs": []},
        {"bdaddrs": [{"bdaddr": "72:A2"}]},
        {"rssi": "loud"},
        {"rssi": -500},
        {"chipId": 77},
        {"chipId": [0]},
        {"adData": "0"},
        {"adData": 7},
        {"adData": "00" * (DATA_MAX + 1)},
        {"evtType": {}},
        {"evtType": 5, "sid": "x"},
    ],
)
def test_malformed_events_are_counted_and_the_next_is_heard(changes: dict[str, object]) -> None:
    bad = data_event({**PLAIN, **changes})
    assert fed(bad + data_event(PLAIN)) == [HEARD, Shed(AT, None, "malformed events", 1)]


@pytest.mark.parametrize("alive", [b":keep-alive\n\n", b"data: keep-alive\n\n", b"data: :keep-alive\n\n",
                                   b"event: keep-alive\ndata: x\n\n", b"data:\n\n", b"\n\n"])  # fmt: skip
def test_keep_alives_are_no_events_and_not_malformed(alive: bytes) -> None:
    assert fed(data_event(PLAIN) + alive + data_event(PLAIN)) == [HEARD, HEARD]


def test_arrays_of_events_as_reported_by_interval() -> None:
    assert fed(b"data: " + json.dumps([PLAIN, PLAIN, 7]).encode() + b"\n\n" + data_event(PLAIN)) == [
        HEARD, HEARD, HEARD, Shed(AT, None, "malformed events", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"offline", b"{", b"7", b"[" * 9000, b"{},{}", b"null"])
def test_data_that_is_no_event_is_counted(data: bytes) -> None:
    heard = fed(data_event(PLAIN) + b"data: " + data + b"\n\n" + data_event(PLAIN))
    assert heard == [HEARD, HEARD, Shed(AT, None, "malformed events", 1)]


def test_an_oversized_event_is_counted() -> None:
    assert fed(b"data: " + b"x" * 300_000 + b"\n\n" + data_event(PLAIN)) == [
        HEARD, Shed(AT, None, "malformed events", 1),
    ]  # fmt: skip


def test_an_endless_event_is_counted_before_it_ends() -> None:
    assert fed(b"data: " + b"x" * 300_000) == [Shed(AT, None, "malformed events", 1)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_several_lines(end: bytes) -> None:
    text = b'data: {"bdaddrs":[{"bdaddr":"72:A2:28:A8:68:68","bdaddrType":"random"}],' + end
    text += b'data:"chipId":0,"evtType":0,"rssi":-74,"adData":"020106"}' + end + end
    assert fed(b"\xef\xbb\xbf" + text) == [HEARD]


@given(st.lists(st.sampled_from([data_event(event) for event in samples()] + [b":keep-alive\n\n", b"data: x\n\n"])),
       st.lists(st.integers(0, 5000), max_size=8))  # fmt: skip
def test_any_split_hears_the_same(events: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(events)
    at = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    whole, parts = fed(stream), fed(*(stream[a:b] for a, b in itertools.pairwise(at)))
    assert [event for event in parts if isinstance(event, Advertisement)] == [
        event for event in whole if isinstance(event, Advertisement)
    ]
    assert _shed(parts) == _shed(whole)


def _shed(events: list[Event]) -> int:
    return sum(event.count for event in events if isinstance(event, Shed))


CHANGED = st.fixed_dictionaries({}, optional=dict.fromkeys(PLAIN, ANYTHING) | {"evtType": st.integers(-1, 6)})


@given(CHANGED)
def test_the_quick_way_and_the_careful_way_agree(changes: dict[str, object]) -> None:
    event = json.loads(json.dumps({**PLAIN, **changes}))
    [quickly] = fed(data_event(event))
    try:
        carefully: Event = advertisement(event, AT, ScanReader(lane)._lane)
    except MalformedError:
        carefully = Shed(AT, None, "malformed events", 1)
    assert quickly == carefully


@given(ANYTHING)
def test_anything_is_heard_or_counted_and_clean(value: object) -> None:
    for event in fed(data_event(value)):
        assert isinstance(event, Advertisement | Shed)
        if isinstance(event, Advertisement):
            assert is_clean(event.name or "")
