"""Who was refused what: counted always, and logged as far as that leaves room in the log for anything else."""

from __future__ import annotations

import asyncio
from collections import Counter

from bletui.bridge.client import Bucket
from bletui.bridge.log import Record, nowhere
from bletui.kinds import ErrorKind

WORDS, WORDS_MAX = 5.0, 100.0  # refusals that are logged, in a second and at once


class Refusals:
    """`counts`: `refused KIND` → how many."""

    def __init__(self, record: Record = nowhere) -> None:
        self.counts: Counter[str] = Counter()
        self._record = record
        self._words = Bucket(rate=WORDS, left=WORDS_MAX, burst=WORDS_MAX)
        self._unsaid = 0  # since the last one that was logged

    def note(self, client: str, kind: ErrorKind, detail: str) -> None:
        self.counts[f"refused {kind.value}"] += 1
        if self._words.take(asyncio.get_running_loop().time()):
            self._record("refused", client=client, kind=kind.value, detail=detail, before=self._unsaid)
            self._unsaid = 0
        else:
            self._unsaid += 1
