"""The protocol's bytes: golden vectors, both ways for every message, and nothing guessed of anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.protocol import codec
from bletui.bridge.protocol import messages as m
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Batch, OpId, Owner, Peer, Read, ScanRequest, Shed
from tests.bridge.protocol.any_message import from_bridge, from_client


@given(st.lists(from_client, max_size=4), st.integers(1, 50))
def test_what_a_client_says_arrives_however_it_is_cut(said: list[m.FromClient], size: int) -> None:
    data = b"".join(map(codec.from_client, said))
    reader = codec.ClientReader()
    assert [one for at in range(0, len(data), size) for one in reader.feed(data[at : at + size])] == said


@given(st.lists(from_bridge, max_size=4), st.integers(1, 50))
def test_what_a_bridge_says_arrives_however_it_is_cut(said: list[m.FromBridge], size: int) -> None:
    data = b"".join(map(codec.from_bridge, said))
    reader = codec.BridgeReader()
    assert [one for at in range(0, len(data), size) for one in reader.feed(data[at : at + size])] == said
    assert reader.skipped == 0


CLIENT_GOLDEN = [
    (m.Hello((1,), "console"), "0000000d 9201 92 9101 a7636f6e736f6c65"),
    (m.Hello((1,), "tool", "viewer", "s3"), "00000014 9201 94 9101 a4746f6f6c a6766965776572 a27333"),
    (m.Call(1, m.Scan(ScanRequest())), "00000008 9202 92 01 9202 91 90"),
    (m.Call(2, m.Scan(None)), "00000008 9202 92 02 9202 91 c0"),
    (
        m.Call(3, m.Perform(OpId("tool/1", 7), Read("A4:C1:38:0B:7F:2A", handle=3))),
        "00000027 9202 92 03 9201 92 92a6746f6f6c2f3107 9204 93 b141343a43313a33383a30423a37463a3241 c003",
    ),
    (m.Cancel(3), "00000004 9203 91 03"),
    (m.Beat(2.5), "0000000c 9204 91 cb4004000000000000"),
]  # fmt: skip
BRIDGE_GOLDEN = [
    (
        m.Welcome(1, "desk", "bletui", "tool", "viewer", "e1", 9, 2.5, "r"),
        "0000002b 9201 99 01 a46465736b a6626c65747569 a4746f6f6c a6766965776572 a26531 09 cb4004000000000000 a172",
    ),
    (m.Told(Batch(3, (Shed(1.0, None, "x", 3),))), "00000015 9206 9203 91 920d 94 cb3ff0000000000000 c0 a178 03"),
    (m.SnapshotPart(False, Batch(9, ())), "00000006 9303c2 9209 90"),
    (m.Recalled(4, Batch(9, ())), "00000006 930704 9209 90"),
    (m.Reply(3), "00000004 9208 91 03"),
    (m.Reply(3, b"\x55"), "00000009 9208 92 03 9205 c40155"),
    (m.Failed(3, Failure(kind=ErrorKind.ACCESS_REFUSED)), "00000014 9209 92 03 91 ae6163636573732e72656675736564"),
    (m.Goodbye(Failure(kind=ErrorKind.BUSY_CAPACITY)), "00000012 9202 91 91 ad627573792e6361706163697479"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "golden"), CLIENT_GOLDEN)
def test_golden_vectors_from_clients(message: m.FromClient, golden: str) -> None:
    assert codec.from_client(message).hex() == golden.replace(" ", "")
    assert list(codec.ClientReader().feed(bytes.fromhex(golden))) == [message]


@pytest.mark.parametrize(("message", "golden"), BRIDGE_GOLDEN)
def test_golden_vectors_from_bridges(message: m.FromBridge, golden: str) -> None:
    assert codec.from_bridge(message).hex() == golden.replace(" ", "")
    assert list(codec.BridgeReader().feed(bytes.fromhex(golden))) == [message]


@given(st.binary(max_size=80))
def test_hostile_bytes_are_messages_or_malformed(data: bytes) -> None:
    framed = len(data).to_bytes(4, "big") + data
    for reader in (codec.ClientReader(), codec.BridgeReader()):
        try:
            list(reader.feed(framed))
        except BleError as refused:
            assert refused.failure.kind is ErrorKind.DATA_MALFORMED


MALFORMED = {
    "not msgpack": "00000001 c1",
    "no list": "00000001 01",
    "no number": "00000003 92 a178",
    "a text for versions": "00000006 9201 92 a178 a178",
    "a call without a verb": "00000005 9202 92 01 c0",
    "a verb of another shape": "00000007 9202 92 01 9206 90",
    "a role that there is not": "0000000b 9201 93 9101 a174 a4726f6f74",
}
MALFORMED_FROM_BRIDGE = {
    "a batch that is none": "00000003 9206 01",
    "a part without its flag": "00000005 9203 920990",
    "a result of another shape": "00000007 9208 92 03 9201 c0",
}


def refused_by(reader: codec.ClientReader | codec.BridgeReader, data: str) -> ErrorKind:
    with pytest.raises(BleError) as refused:
        list(reader.feed(bytes.fromhex(data)))
    return refused.value.failure.kind


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_from_clients(data: str) -> None:
    assert refused_by(codec.ClientReader(), data) is ErrorKind.DATA_MALFORMED


@pytest.mark.parametrize("data", MALFORMED_FROM_BRIDGE.values(), ids=MALFORMED_FROM_BRIDGE)
def test_malformed_from_bridges(data: str) -> None:
    assert refused_by(codec.BridgeReader(), data) is ErrorKind.DATA_MALFORMED


def test_deep_nesting_is_refused_and_not_recursed_into() -> None:
    data = b"\x91" * 50_000
    with pytest.raises(BleError) as refused:
        list(codec.ClientReader().feed(len(data).to_bytes(4, "big") + data))
    assert refused.value.failure.kind is ErrorKind.DATA_MALFORMED
    assert refused.value.failure.detail == "not msgpack: nested too deeply"


def test_an_oversized_frame_is_refused_by_its_length_alone() -> None:
    with pytest.raises(BleError) as refused:
        list(codec.ClientReader().feed((codec.CLIENT_FRAME_MAX + 1).to_bytes(4, "big")))
    assert "65537 bytes" in refused.value.failure.detail
    with pytest.raises(BleError):
        list(codec.ClientReader().feed(b"GET / HTTP/1.1\r\n\r\n"))


def test_what_is_not_known_is_skipped_or_answered() -> None:
    reader = codec.ClientReader()
    future = bytes.fromhex("00000004 92 63 91 01 00000009 9202 92 05 92cd03e8 90".replace(" ", ""))
    assert list(reader.feed(future)) == [codec.UnknownVerb(5)]
    assert reader.skipped == 1
    bridge = codec.BridgeReader()
    assert list(bridge.feed(bytes.fromhex("00000004 92 63 91 01".replace(" ", "")))) == []
    assert bridge.skipped == 1


def test_fields_of_a_later_version_are_ignored() -> None:
    (message,) = codec.ClientReader().feed(bytes.fromhex("00000006 9203 93 03 05 07"))
    assert message == m.Cancel(3)


def test_versions_meet_at_the_newest_that_both_speak() -> None:
    assert codec.common_version((9, 1)) == 1
    with pytest.raises(BleError) as refused:
        codec.common_version((7, 8))
    assert refused.value.failure.kind is ErrorKind.OP_UNSUPPORTED
    assert "version 7, 8" in refused.value.failure.detail
    assert "this bridge 1" in refused.value.failure.detail


def test_secrets_are_not_in_a_repr() -> None:
    hello = m.Hello((1,), "tool", token="s3cret", resume="r3sume")
    welcome = m.Welcome(1, "desk", "bletui", "tool", "viewer", "e1", 9, 2.5, "r3sume")
    assert "s3cret" not in repr(hello)
    assert "r3sume" not in repr(hello) + repr(welcome)


def test_owner_and_peer_keep_their_types() -> None:
    (reply,) = codec.BridgeReader().feed(codec.from_bridge(m.Reply(1, Peer("a/0", "X"))))
    assert reply == m.Reply(1, Peer("a/0", "X"))
    assert isinstance(reply.result, Peer)
    assert Owner("me").role == "operator"
