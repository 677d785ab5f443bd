from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Advertisement, Advertisements, Batch, Connect, Event, LinkChanged, Peer, Request, Shed
from bletui.wire import pack, pack_request, unpack, unpack_request
from tests import values


def by_lane(batch: Batch) -> dict[str | None, list[Event]]:
    """Advertisements per lane, everything else together: the orders that a radio promises."""
    lanes: dict[str | None, list[Event]] = {}
    for event in batch.events:
        lanes.setdefault(event.lane if isinstance(event, Advertisement) else None, []).append(event)
    return lanes


@given(values.batches)
def test_every_event_survives_both_ways(batch: Batch) -> None:
    back, unknown = unpack(pack(batch))
    assert unknown == 0
    assert back.seq == batch.seq
    assert by_lane(back) == by_lane(batch)


@given(st.lists(values.advertisements, min_size=1))
def test_a_batch_of_one_lane_arrives_as_what_it_was_sent(heard: list[Advertisement]) -> None:
    sent = Batch(1, Advertisements(one._replace(lane="a/0") for one in heard))
    back, _ = unpack(pack(sent))
    assert back == sent
    assert type(back.events) is Advertisements


@given(values.requests)
def test_every_request_survives_both_ways(request: Request) -> None:
    assert unpack_request(pack_request(request)) == request


GOLDEN = [
    (
        Batch(
            7,
            (
                Advertisement(1.0, "a/0", "A4:C1:38:0B:7F:2A", "random", -52, "ADV_IND", b"\x02\x01\x06"),
                Advertisement(1.05, "a/0", "A4:C1:38:0B:7F:2A", "random", -53, "SCAN_RSP", b""),
            ),
        ),
        "92079198 01 a3612f30 c4103ff00000000000003ff0cccccccccccd 92c406a4c1380b7f2ac406a4c1380b7f2a c4020101 "
        "92d0ccd0cb c4020004 92c403020106c400",
    ),
    (
        Batch(1, (LinkChanged(2.5, Peer("a/0", "A4:C1:38:0B:7F:2A"), "up", mtu=247),)),
        "920191 9204 95cb4004000000000000 92a3612f30b141343a43313a33383a30423a37463a3241 a27570 c0ccf7",
    ),
    (
        Batch(1, (Shed(3.0, None, "advertisements", 4),)),
        "920191 920d 94cb4008000000000000c0ae6164766572746973656d656e747304",
    ),
]


@pytest.mark.parametrize(("batch", "golden"), GOLDEN)
def test_golden_vectors(batch: Batch, golden: str) -> None:
    assert pack(batch).hex() == golden.replace(" ", "")
    assert unpack(bytes.fromhex(golden)) == (batch, 0)


def test_golden_request() -> None:
    assert (
        pack_request(Connect("A4:C1:38:0B:7F:2A", pair=True)).hex()
        == "920194b141343a43313a33383a30423a37463a3241c0c0c3"
    )


def test_a_typical_advertisement_takes_24_bytes_beyond_its_data_at_most() -> None:
    heard = [
        Advertisement(
            1.7e9 + n / 1000, "site/hci0", f"A4:C1:38:0B:7F:{n % 256:02X}", "random", -60, "ADV_IND", bytes(22)
        )
        for n in range(1000)
    ]
    assert len(pack(Batch(1, tuple(heard)))) / 1000 <= 22 + 24


def test_unknown_tags_are_skipped_and_counted() -> None:
    known = msgpack.unpackb(pack(Batch(9, (Shed(3.0, None, "x", 1),))))
    known[1] += [[99, "from the future"], [200]]
    assert unpack(msgpack.packb(known)) == (Batch(9, (Shed(3.0, None, "x", 1),)), 2)


def test_fields_appended_by_a_newer_version_are_ignored() -> None:
    known = msgpack.unpackb(pack(Batch(9, (Shed(3.0, None, "x", 1),))))
    known[1][0][1].append("new field")
    assert unpack(msgpack.packb(known))[0].events == (Shed(3.0, None, "x", 1),)


@given(st.binary(max_size=200))
def test_garbage_is_malformed_data_and_nothing_else(data: bytes) -> None:
    for read in (unpack, unpack_request):
        try:
            read(data)
        except BleError as refused:
            assert refused.failure.kind is ErrorKind.DATA_MALFORMED


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**31), 2**32)
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)


@given(
    st.lists(
        st.lists(plain, max_size=5).map(lambda rest: [2, *rest]) | st.tuples(st.integers(1, 13), plain), max_size=4
    )
)
def test_well_formed_msgpack_of_the_wrong_shape_is_malformed_data(records: list[object]) -> None:
    try:
        unpack(msgpack.packb([1, records]))
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.DATA_MALFORMED


def test_the_failure_names_the_path() -> None:
    wrong = msgpack.packb([1, [[4, [1.0, ["a", 5], "up"]]]])
    with pytest.raises(BleError) as refused:
        unpack(wrong)
    assert refused.value.failure.detail == "record 0, tag 4: peer: address: str expected, int found"


def test_a_failure_keeps_every_field() -> None:
    failure = Failure(kind=ErrorKind.BUSY_CHIP, message="chip is busy", causes=("a", "b"), retry="queue", body="x")
    event = LinkChanged(1.0, Peer("a", "b"), "down", failure)
    assert unpack(pack(Batch(1, (event,))))[0].events == (event,)
