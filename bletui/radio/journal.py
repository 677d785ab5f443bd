"""Which links are ours, on disk before they are made: after a crash these and no others are released.

One line per change, synced before the far side hears of it: `? ADDRESS` a connect is under way, `! ADDRESS` it is over,
`+ LANE ADDRESS` a link is up, `- LANE ADDRESS` it is down. A last line that was cut says nothing.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from bletui.model import Peer, Result

SETTLED = 30.0  # seconds after a start in which a far side may still tell of links from before
UNDONE = 5.0  # seconds after which a cancelled connect can bring no link any more
_LINES_MAX = 4096  # after so many the file is written anew


class Journal:
    """Read when it is made; `was_ours` answers from what an earlier process left.

    `failed`: why it is not written now; `failing` is told so, once for each reason. Links are made all the same.
    """

    def __init__(self, path: Path, failing: Callable[[OSError], None] | None = None) -> None:
        self.path = path
        self.failed: OSError | None = None
        self._failing = failing
        self._links, self._wanted = _read(path)
        self._left, self._left_wanted = frozenset(self._links), frozenset(self._wanted)
        self._links.clear()
        self._wanted.clear()
        self._lines = 0
        self._write_anew()

    @property
    def left(self) -> tuple[frozenset[Peer], frozenset[str]]:
        """Links, and addresses that were being connected, when the earlier process ended."""
        return self._left, self._left_wanted

    def was_ours(self, peer: Peer) -> bool:
        return peer in self._left or peer.address in self._left_wanted

    def opened(self) -> None:
        """The far side begins to tell what links there are."""
        asyncio.get_running_loop().call_later(SETTLED, self.settled)

    def settled(self) -> None:
        """What has not shown up by now is gone; whoever connects these devices from here on is somebody else."""
        self._left, self._left_wanted = frozenset(), frozenset()
        self._write_anew()

    async def around(self, address: str, connect: Callable[[], Awaitable[Result]]) -> Result:
        """A connect, on disk before it is made. One that was cancelled may still bring a link for a moment."""
        self.intend(address)
        later = 0.0
        try:
            return await connect()
        except asyncio.CancelledError:
            later = UNDONE
            raise
        finally:
            asyncio.get_running_loop().call_later(later, self.over, address)

    def intend(self, address: str) -> None:
        self._wanted.add(address)
        self._append("?", address)

    def over(self, address: str) -> None:
        if address in self._wanted:
            self._wanted.discard(address)
            self._append("!", address)

    def up(self, peer: Peer) -> None:
        if peer not in self._links:
            self._links.add(peer)
            self._append("+", *peer)

    def down(self, peer: Peer) -> None:
        if peer in self._links or peer in self._left:
            self._links.discard(peer)
            self._left -= {peer}
            self._append("-", *peer)

    def _append(self, *words: str) -> None:
        self._lines += 1
        if self._lines > _LINES_MAX or self.failed is not None:  # a line that was cut would swallow the next one
            self._write_anew()
        else:
            self._put(os.O_APPEND, [words])

    def _write_anew(self) -> None:
        """What counts now; what an earlier process left is kept until it has settled."""
        lines: list[tuple[str, ...]] = [("?", address) for address in sorted(self._wanted | self._left_wanted)]
        lines += [("+", *peer) for peer in sorted(self._links | self._left)]
        self._lines = len(lines)
        self._put(os.O_TRUNC, lines, self.path.with_name(f"{self.path.name}.new"))

    def _put(self, how: int, lines: Iterable[Iterable[str]], whole: Path | None = None) -> None:
        """`whole`: a file that takes this one's place once all of it is written."""
        text = "".join(" ".join(word.replace(" ", "\\x20") for word in words) + "\n" for words in lines)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            number = os.open(whole or self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(number)
            if whole is not None:
                whole.replace(self.path)
        except OSError as failed:
            if self._failing is not None and (self.failed is None or self.failed.errno != failed.errno):
                self._failing(failed)
            self.failed = failed
        else:
            self.failed = None


class NoJournal(Journal):
    """Nothing is written: the links of a process that is killed stay as they are."""

    def __init__(self) -> None:
        pass

    async def around(self, address: str, connect: Callable[[], Awaitable[Result]]) -> Result:
        return await connect()

    def was_ours(self, peer: Peer) -> bool:
        return False

    def opened(self) -> None:
        pass

    def up(self, peer: Peer) -> None:
        pass

    def down(self, peer: Peer) -> None:
        pass


def _read(path: Path) -> tuple[set[Peer], set[str]]:
    links: set[Peer] = set()
    wanted: set[str] = set()
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            break
        match [word.replace("\\x20", " ") for word in line.split()]:
            case ["?", address]:
                wanted.add(address)
            case ["!", address]:
                wanted.discard(address)
            case ["+", lane, address]:
                links.add(Peer(lane, address))
            case ["-", lane, address]:
                links.discard(Peer(lane, address))
    return links, wanted
