"""Which links are ours, on disk before they are made: after a crash these and no others are released.

One line per change: `? ADDRESS` a call that may make a link is about to run, `! ADDRESS` it is over, `+ LANE ADDRESS` a
link is up, `- LANE ADDRESS` it is down.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

from bletui.failure import Failure
from bletui.model import Peer, Result
from bletui.radio.journalfile import JournalFile, Line, Put, put, read

SETTLED = 30.0  # seconds after a start in which a far side may still tell of links from before
UNDONE = 5.0  # seconds after which a call that was cancelled can bring no link any more


class Journal:
    """Read when it is made, written from `opened` on; `was_ours` answers from what an earlier process left.

    A file that can't be written, or not in time, is told to `failing`, once for each reason, and stops no link.
    """

    def __init__(self, path: Path, failing: Callable[[OSError], None] | None = None, write: Put = put) -> None:
        self._left, self._left_wanted = folded(read(path))
        self._links: set[Peer] = set()
        self._wanted: Counter[str] = Counter()  # addresses, with how many calls run or may still bring a link
        self._file = JournalFile(path, self._lines, failing, write)

    @property
    def left(self) -> tuple[frozenset[Peer], frozenset[str]]:
        """Links, and addresses that were being connected, when the earlier process ended."""
        return self._left, self._left_wanted

    def was_ours(self, peer: Peer) -> bool:
        return peer in self._left or peer.address in self._left_wanted

    def opened(self) -> None:
        """The far side begins to tell what links there are."""
        self._file.anew()
        asyncio.get_running_loop().call_later(SETTLED, self.settled)

    def settled(self) -> None:
        """What has not shown up by now is gone; whoever connects these devices from here on is somebody else."""
        self._left, self._left_wanted = frozenset(), frozenset()
        self._file.anew()

    async def aclose(self) -> None:
        """What counts now is on disk; the file is another's from here on."""
        await self._file.aclose()

    async def around(self, address: str, call: Callable[[], Awaitable[Failure | Result]]) -> Failure | Result:
        """A call that may make a link, on disk before it is made. How it ended may leave open whether one comes."""
        later = 0.0
        self._wanted[address] += 1
        try:
            await self._file.noted(("?", address))
            later = UNDONE
            outcome = await call()
            if not (isinstance(outcome, Failure) and outcome.outcome_unknown):
                later = 0.0
            return outcome
        finally:
            asyncio.get_running_loop().call_later(later, self._over, address)

    def _over(self, address: str) -> None:
        self._wanted[address] -= 1
        if not self._wanted[address]:
            del self._wanted[address]
            self._file.note(("!", address))

    def up(self, peer: Peer) -> None:
        if peer not in self._links:
            self._links.add(peer)
            self._file.note(("+", *peer))

    def down(self, peer: Peer) -> None:
        if peer in self._links or peer in self._left:
            self._links.discard(peer)
            self._left -= {peer}
            self._file.note(("-", *peer))

    def _lines(self) -> Iterator[Line]:
        """What counts now; what an earlier process left is kept until it has settled."""
        yield from (("?", address) for address in sorted(self._wanted.keys() | self._left_wanted))
        yield from (("+", *peer) for peer in sorted(self._links | self._left))


class NoJournal(Journal):
    """Nothing is written: the links of a process that is killed stay as they are."""

    def __init__(self) -> None:
        pass

    async def around(self, address: str, call: Callable[[], Awaitable[Failure | Result]]) -> Failure | Result:
        return await call()

    def was_ours(self, peer: Peer) -> bool:
        return False

    def opened(self) -> None:
        pass

    async def aclose(self) -> None:
        pass

    def up(self, peer: Peer) -> None:
        pass

    def down(self, peer: Peer) -> None:
        pass


def folded(lines: Iterable[Line]) -> tuple[frozenset[Peer], frozenset[str]]:
    """The links that are up, and the addresses whose calls run."""
    links: set[Peer] = set()
    wanted: set[str] = set()
    for line in lines:
        match line:
            case ("?", address):
                wanted.add(address)
            case ("!", address):
                wanted.discard(address)
            case ("+", lane, address):
                links.add(Peer(lane, address))
            case ("-", lane, address):
                links.discard(Peer(lane, address))
    return frozenset(links), frozenset(wanted)
