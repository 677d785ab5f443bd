"""Who was refused what: counted always, and logged as far as that leaves room in the log for anything else."""

from __future__ import annotations

import asyncio
import errno
import os
from collections import Counter
from typing import Any

from bletui.bridge.client import Bucket
from bletui.bridge.log import Record, nowhere
from bletui.kinds import ErrorKind

WORDS, WORDS_MAX = 5.0, 100.0  # refusals that are logged, in a second and at once
ACCEPTED_AGAIN = 0.5  # seconds; asyncio tries again after one, and says a hundred times in a row that it could not
_SCARCE = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Refusals:
    """`counts`: `refused KIND` → how many."""

    def __init__(self, record: Record = nowhere) -> None:
        self.counts: Counter[str] = Counter()
        self._record = record
        self._words = Bucket(rate=WORDS, left=WORDS_MAX, burst=WORDS_MAX)
        self._unsaid = 0  # since the last one that was logged
        self._scarce_at = float("-inf")

    def note(self, client: str, kind: ErrorKind, detail: str) -> None:
        self.counts[f"refused {kind.value}"] += 1
        if self._words.take(asyncio.get_running_loop().time()):
            self._record("refused", client=client, kind=kind.value, detail=detail, before=self._unsaid)
            self._unsaid = 0
        else:
            self._unsaid += 1

    def no_room(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A loop's exception handler: that this process has no file or memory left for who wants to come in is no bug.

        They wait, and are taken when there is room again.
        """
        failed, place = context.get("exception"), context.get("socket")
        if place is None or not isinstance(failed, OSError) or failed.errno not in _SCARCE:
            loop.default_exception_handler(context)
        elif loop.time() - self._scarce_at > ACCEPTED_AGAIN:
            self._scarce_at = loop.time()
            detail = f"who wants to come in has to wait: {os.strerror(failed.errno)}"
            self.note(str(place.getsockname()), ErrorKind.BUSY_CAPACITY, detail)
