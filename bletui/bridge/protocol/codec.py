"""Messages to frames and back. The tables here are the protocol's numbers; `docs/bridge.md` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgpack

from bletui.bridge.protocol import messages as m
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Bond, GattTree, Peer, Phy
from bletui.wire import Frames, batch_of, frame, pack
from bletui.wire.schema import ShapeError, tagged, variants

VERSIONS = (1,)
CLIENT_FRAME_MAX = 64 * 1024  # bytes; a value to write has 512 at most

HELLO, CALL, CANCEL, BEAT = 1, 2, 3, 4
WELCOME, GOODBYE, SNAPSHOT, LOG, TOLD, RECALLED, REPLY, FAILED = 1, 2, 3, 5, 6, 7, 8, 9

VERBS: dict[int, type] = {
    1: m.Perform,
    2: m.Scan,
    3: m.Rescan,
    4: m.CancelOp,
    5: m.Promote,
    6: m.RetryNow,
    7: m.Pause,
    8: m.Resume,
    9: m.Answer,
    10: m.Adopt,
    11: m.History,
    12: m.Detach,
    13: m.ListSeats,
    14: m.AskStatus,
    15: m.Stop,
    16: m.Part,
    17: m.Reload,
}
RESULTS: dict[int, Any] = {
    1: Peer, 2: GattTree, 3: Phy, 4: tuple[Bond, ...], 5: bytes, 6: int, 7: m.Seats, 8: m.Status,
    9: m.Reloaded,
}  # fmt: skip
FROM_CLIENT: dict[int, type] = {HELLO: m.Hello, CALL: m.Call, CANCEL: m.Cancel, BEAT: m.Beat}
FROM_BRIDGE: dict[int, type] = {
    WELCOME: m.Welcome, GOODBYE: m.Goodbye, BEAT: m.Beat, REPLY: m.Reply, FAILED: m.Failed,
}  # fmt: skip
BATCHES = frozenset({SNAPSHOT, LOG, TOLD, RECALLED})

variants(m.Verb, VERBS)
variants(m.Result, RESULTS)
_client, _bridge = tagged(FROM_CLIENT), tagged(FROM_BRIDGE)


class UnknownVerb(NamedTuple):
    """A call for something that this version does not know; it is answered, where an unknown message is skipped."""

    id: int


def from_client(message: m.FromClient) -> bytes:
    """One frame."""
    return frame(_packed(_client.plain(message)))


def from_bridge(message: m.FromBridge) -> bytes:
    """One frame."""
    match message:
        case m.SnapshotPart(more=more, batch=batch):
            return _with_batch([SNAPSHOT, more], pack(batch))
        case m.Log(batch=batch):
            return _with_batch([LOG], pack(batch))
        case m.Told(batch=batch):
            return told(pack(batch))
        case m.Recalled(id=number, batch=batch):
            return recalled(number, pack(batch))
        case _:
            return frame(_packed(_bridge.plain(message)))


def told(packed: bytes) -> bytes:
    """The frame that tells a batch which is packed already: packed once, sent to everybody."""
    return _with_batch([TOLD], packed)


def recalled(number: int, packed: bytes) -> bytes:
    return _with_batch([RECALLED, number], packed)


def logged(packed: bytes) -> bytes:
    return _with_batch([LOG], packed)


class ClientReader:
    """Bytes of a client to messages. `data.malformed` ends the connection; `skipped` counts unknown messages."""

    def __init__(self) -> None:
        self.skipped = 0
        self._frames = Frames(CLIENT_FRAME_MAX)

    def feed(self, data: bytes) -> Iterable[m.FromClient | UnknownVerb]:
        for payload in self._frames.feed(data):
            plain = _opened(payload)
            if plain[0] not in FROM_CLIENT:
                self.skipped += 1
            elif (number := _unknown_verb(plain)) is not None:
                yield UnknownVerb(number)
            else:
                yield _value(_client.value, plain)


class BridgeReader:
    """Bytes of a bridge to messages. `data.malformed` ends the connection; `skipped` counts what is not known here."""

    def __init__(self) -> None:
        self.skipped = 0
        self._frames = Frames()

    def feed(self, data: bytes) -> Iterable[m.FromBridge]:
        for payload in self._frames.feed(data):
            plain = _opened(payload)
            if plain[0] in BATCHES:
                yield self._batch(plain)
            elif plain[0] in FROM_BRIDGE:
                yield _value(_bridge.value, plain)
            else:
                self.skipped += 1

    def _batch(self, plain: tuple[Any, ...]) -> m.FromBridge:
        batch, unknown = batch_of(plain[-1])
        self.skipped += unknown
        match plain:
            case [0x03, bool(more), _]:
                return m.SnapshotPart(more, batch)
            case [0x05, _]:
                return m.Log(batch)
            case [0x06, _]:
                return m.Told(batch)
            case [0x07, int(number), _]:
                return m.Recalled(number, batch)
            case _:
                raise _malformed(f"message {plain[0]} has another shape")


def common_version(offered: Iterable[int]) -> int:
    """The newest version that both speak; `op.unsupported` names what either does."""
    both = set(offered) & set(VERSIONS)
    if not both:
        mine, theirs = (", ".join(map(str, sorted(set(some)))) or "none" for some in (VERSIONS, offered))
        detail = f"the client speaks version {theirs} of the bridge's protocol and this bridge {mine}"
        raise BleError(Failure(kind=ErrorKind.OP_UNSUPPORTED, source="bletui.bridge", operation="hello", detail=detail))
    return max(both)


def _with_batch(head: list[Any], packed: bytes) -> bytes:
    # An array of the head's items and, unpacked never again, the batch.
    return frame(bytes([0x90 | len(head) + 1]) + b"".join(map(_packed, head)) + packed)


def _packed(plain: object) -> bytes:
    packed: bytes = msgpack.packb(plain)
    return packed


def _opened(payload: bytes) -> tuple[Any, ...]:
    try:
        plain = msgpack.unpackb(payload, strict_map_key=False, use_list=False)
    except (ValueError, msgpack.UnpackException, RecursionError) as wrong:
        raise _malformed(f"not msgpack: {str(wrong) or 'nested too deeply'}") from None
    if not isinstance(plain, tuple) or len(plain) < 2 or type(plain[0]) is not int:
        raise _malformed("a message is [number, …]")
    return plain


def _unknown_verb(plain: tuple[Any, ...]) -> int | None:
    """The id of a call whose verb is a number that is not known here."""
    match plain:
        case [0x02, [int(number), [int(verb), *_], *_], *_] if verb not in VERBS:
            return number
        case _:
            return None


def _value(read: Any, plain: tuple[Any, ...]) -> Any:
    try:
        return read(plain)
    except (ShapeError, OverflowError) as wrong:
        raise _malformed(f"message {plain[0]}: {wrong}") from None


def _malformed(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, source="bletui.bridge", detail=detail))
