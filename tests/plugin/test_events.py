"""What a plug-in emits is an event of the port, or it is named and dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import ErrorKind, Failure
from bletui.model import (
    AdvertisedFields,
    Advertisement,
    Characteristic,
    Extended,
    GattTree,
    Lane,
    LaneChanged,
    LinkChanged,
    Notification,
    Peer,
    Prompt,
    Properties,
    Service,
    Shed,
    StreamChanged,
    SubscriptionChanged,
    TreeChanged,
)
from bletui.plugin.events import admitted
from bletui.text import is_clean
from bletui.wire.schema import ShapeError

PEER = Peer("gate/0", "C0:FF:EE:00:00:01")
UUID = "0000180f-0000-1000-8000-00805f9b34fb"
FIELDS = AdvertisedFields(manufacturer={76: b"\x02"}, service_data={UUID: b""}, service_uuids=(UUID,))
HEARD = Advertisement(1e9, *PEER, "random", -50, "ADV_IND", b"\x02\x01\x06", "lamp", FIELDS, Extended(sid=3))
TREE = GattTree(PEER, (Service(UUID, 1, (Characteristic(UUID, 3, Properties.READ),)),))
FITTING = (
    HEARD,
    Advertisement(1e9, "büro/0", "opaque-id", None, None),
    Notification(1e9, PEER, 3, b"*"),
    Notification(1e9, Peer("büro/0", "x"), 3, b"", indication=True, seq=7),
    LaneChanged(1e9, Lane("gate/0", "gate", cannot={"pair": "no"}, info={"firmware": "2"})),
    LinkChanged(1e9, PEER, "up", mtu=185, phy=("2M", "2M")),
    LinkChanged(1e9, PEER, "down", Failure(kind=ErrorKind.LINK_LOST, message="a\x1bb")),
    StreamChanged(1e9, None, "scan", "live"),
    Prompt(1e9, 1, PEER, "compare", 1e9, display="123456"),
    TreeChanged(1e9, TREE),
    Shed(1e9, None, "advertisements", 3),
)


LOOSE: Any = HEARD  # as a plug-in without types would use it


def loose(kind: Any) -> Any:
    return kind


@pytest.mark.parametrize("event", FITTING, ids=lambda event: type(event).__name__)
def test_an_event_that_fits_stays_as_it_is(event: object) -> None:
    assert admitted(event) == event


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("hello", "str is no event"),
        (None, "NoneType is no event"),
        (tuple(HEARD), "tuple is no event"),
        (SubscriptionChanged(1e9, PEER, 3, "off", ()), "SubscriptionChanged is no event of a backend"),
        (LOOSE._replace(rssi="-50"), "rssi: int or None expected, str found"),
        (LOOSE._replace(rssi=True), "rssi: int or None expected, bool found"),
        (LOOSE._replace(at=None), "at: float or int expected, NoneType found"),
        (LOOSE._replace(raw="020106"), "raw: bytes or None expected, str found"),
        (LOOSE._replace(raw=bytearray(3)), "raw: bytes or None expected, bytearray found"),
        (LOOSE._replace(pdu="ADV"), "'ADV'"),
        (LOOSE._replace(address_type="static"), "'static'"),
        (LOOSE._replace(address="\x1b[2J"), "'\\x1b[2J'"),
        (LOOSE._replace(fields=replace(LOOSE.fields, manufacturer={"76": b""})), "manufacturer: 0: 0: int expected"),
        (LOOSE._replace(fields=replace(LOOSE.fields, manufacturer=[1])), "AdvertisedFields of other parts"),
        (LOOSE._replace(extended=loose(Extended)(sid="3")), "sid: int expected"),
        (loose(Notification)(1e9, PEER, 3, "2a"), "Notification: value: bytes expected, str found"),
        (loose(Notification)(1e9, "peer", 3, b""), "Notification of other parts"),
        (loose(LinkChanged)(1e9, PEER, "connected"), "state: one of connecting, up, closing, down expected"),
        (loose(LaneChanged)(1e9, "gate/0"), "'str' object has no attribute"),
        (TreeChanged(1e9, GattTree(PEER, (Service("180F", 1),))), "uuid '180F' at handle 1"),
    ],
)
def test_what_does_not_fit_is_named(event: Any, words: str) -> None:
    with pytest.raises(ShapeError) as refused:
        admitted(event)
    assert words in str(refused.value)


def test_lists_come_as_tuples() -> None:
    tree = loose(GattTree)(PEER, [loose(Service)(UUID, 1, [Characteristic(UUID, 3, Properties.READ)])])
    assert admitted(TreeChanged(1e9, tree)) == TreeChanged(1e9, TREE)


def test_names_come_visible_and_a_failures_words_as_they_are() -> None:
    heard = admitted(HEARD._replace(name="evil\x1b[2J"))
    assert isinstance(heard, Advertisement)
    assert heard.name == "evil\\x1b[2J"
    lane = admitted(LaneChanged(1e9, Lane("g/0", "\u202egate", usable=Failure(kind=ErrorKind.NET_DNS, message="\x1b"))))
    assert isinstance(lane, LaneChanged)
    assert lane.lane.name == "\\u202egate"
    assert lane.lane.usable is not None
    assert lane.lane.usable.message == "\x1b"


SCRAPS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.just(PEER), st.just(FIELDS),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(), st.text(), max_size=2),
)  # fmt: skip


@given(st.tuples(*[SCRAPS] * 10))
def test_any_advertisement_is_admitted_clean_or_refused(scraps: tuple[Any, ...]) -> None:
    try:
        heard = admitted(Advertisement(*scraps))
    except ShapeError as refused:
        assert str(refused)
        return
    assert isinstance(heard, Advertisement)
    assert is_clean(heard.address + heard.lane + (heard.name or ""))


@given(st.sampled_from([Notification, LinkChanged, StreamChanged, Prompt, LaneChanged, TreeChanged]), st.data())
def test_any_other_event_is_admitted_or_refused(kind: Any, data: st.DataObject) -> None:
    event = object.__new__(kind)
    for name in kind.__slots__:
        object.__setattr__(event, name, data.draw(SCRAPS))
    try:
        assert type(admitted(event)) is kind
    except ShapeError as refused:
        assert str(refused)
