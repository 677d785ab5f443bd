"""Length-prefixed frames over a byte stream: four bytes, big-endian, then that many bytes."""

from __future__ import annotations

from bletui.failure import BleError, ErrorKind, Failure

FRAME_MAX = 16 * 1024 * 1024  # bytes


def frame(payload: bytes) -> bytes:
    if len(payload) > FRAME_MAX:
        raise _malformed(f"a frame of {len(payload)} bytes is over the limit of {FRAME_MAX}")
    return len(payload).to_bytes(4, "big") + payload


class Frames:
    """Bytes in, whole payloads out. After `data.malformed` the stream is unusable."""

    def __init__(self, frame_max: int = FRAME_MAX) -> None:
        self._frame_max = frame_max
        self._pending = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame; more than none at the stream's end means that it was cut."""
        return len(self._pending)

    def feed(self, data: bytes) -> list[bytes]:
        pending = self._pending
        pending += data
        payloads: list[bytes] = []
        start = 0
        while len(pending) - start >= 4:
            length = int.from_bytes(pending[start : start + 4], "big")
            if length > self._frame_max:
                raise _malformed(f"the far side announces a frame of {length} bytes; the limit is {self._frame_max}")
            end = start + 4 + length
            if len(pending) < end:
                break
            payloads.append(bytes(pending[start + 4 : end]))
            start = end
        del pending[:start]
        return payloads


def _malformed(detail: str) -> BleError:
    return BleError(Failure(kind=ErrorKind.DATA_MALFORMED, source="bletui.wire", detail=detail))
