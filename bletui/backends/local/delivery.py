"""Values that come by themselves, told apart from those that a read left behind."""

from __future__ import annotations

from collections.abc import Callable


class Delivery:
    """One characteristic's notifications, in order, none lost.

    BlueZ tells every client of a value that any read brought as it tells of a notification, just before it answers the
    read: while a read is on its way values are held back, and the one that it brought is taken out.
    """

    __slots__ = ("_held", "_reads", "_tell")

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        self._tell = tell
        self._held: list[bytes] = []
        self._reads = 0

    def heard(self, value: bytes) -> None:
        if self._reads:
            self._held.append(value)
        else:
            self._tell(value)

    def reading(self) -> None:
        """A read begins; `read` must follow."""
        self._reads += 1

    def read(self, value: bytes | None) -> None:
        """A read has brought `value`, or (None) failed."""
        self._reads -= 1
        if value is not None and value in self._held:
            newest = len(self._held) - 1 - self._held[::-1].index(value)
            del self._held[newest]
        if not self._reads:
            held, self._held = self._held, []
            for one in held:
                self._tell(one)
