"""How often what was asked of a device or a lane has failed so far, and how: counted from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bletui.connections import verb
from bletui.kinds import ErrorKind
from bletui.log.entries import Entry
from bletui.model import Operation, OperationChanged, OpId

WEAK = -80  # dBm: a failure at a stronger signal has little to do with distance
DEVICES_MAX = 4096  # devices that are counted apart, the newest
OPEN_MAX = 4096  # operations that have not ended; of a radio that went away some never will


class Where(NamedTuple):
    """A device (`address`) at a radio, or one of its lanes."""

    radio: str
    address: str = ""
    lane: str = ""


@dataclass(slots=True)
class Score:
    """Attempts of one verb. `strongest`: dBm, of the failures whose signal was known, by kind."""

    tried: int = 0
    failed: Counter[ErrorKind] = field(default_factory=Counter)
    strongest: dict[ErrorKind, int] = field(default_factory=dict)
    unheard: Counter[ErrorKind] = field(default_factory=Counter)  # failures without a known signal

    def add(self, operation: Operation) -> None:
        self.tried += 1
        failure = operation.failure
        if failure is None or operation.state not in ("failed", "retrying"):
            return
        self.failed[failure.kind] += 1
        rssi = dict(failure.evidence).get("rssi")
        if rssi is None:
            self.unheard[failure.kind] += 1
        else:
            self.strongest[failure.kind] = max(int(rssi), self.strongest.get(failure.kind, -1000))

    def words(self, name: str) -> str:
        """`5 of 21 connects: link.connect-timeout 4, all below -86 dBm; busy.chip 1`."""
        kinds = "; ".join(self._kind(kind, count) for kind, count in self.failed.most_common())
        return f"{self.failed.total()} of {self.tried} {name}{'s' if self.tried != 1 else ''}: {kinds}"

    def _kind(self, kind: ErrorKind, count: int) -> str:
        strongest = self.strongest.get(kind)
        told = f"{kind.value} {count}" if len(self.failed) > 1 else kind.value
        if strongest is None or strongest > WEAK or self.unheard[kind]:
            return told
        return f"{told}, all below {strongest + 1} dBm" if count > 1 else f"{told}, at {strongest} dBm"


class Tally:
    """Bounded: a device that was not asked anything for longest is forgotten first."""

    def __init__(self) -> None:
        self._scores: dict[Where, dict[str, Score]] = {}
        self._counted: dict[tuple[str, OpId], int] = {}  # the last attempt of what has not ended

    def note(self, entry: Entry) -> None:
        """Takes in what happened, in order; each attempt counts once, when it has ended."""
        if isinstance(entry.event, OperationChanged):
            self._take(entry.radio, entry.event.operation)

    def at(self, where: Where) -> list[str]:
        """What has failed there, in words, one line per verb."""
        return [score.words(name) for name, score in self._scores.get(where, {}).items() if score.failed]

    def worst(self) -> list[tuple[Where, list[str]]]:
        """Every place where something has failed: lanes first, then devices, the most failures first."""
        total = {where: sum(score.failed.total() for score in scores.values()) for where, scores in self._places()}
        wheres = sorted((where for where in total if total[where]), key=lambda w: (bool(w.address), -total[w], w))
        return [(where, self.at(where)) for where in wheres]

    def _places(self) -> Iterable[tuple[Where, Mapping[str, Score]]]:
        return self._scores.items()

    def _take(self, radio: str, operation: Operation) -> None:
        ended = operation.state in ("done", "failed", "retrying")
        key = radio, operation.id
        if ended and operation.attempt > self._counted.get(key, 0):
            self._counted[key] = operation.attempt
            if len(self._counted) > OPEN_MAX:
                del self._counted[next(iter(self._counted))]
            self._add(Where(radio, operation.request.address), operation)
            if operation.lane is not None:
                self._add(Where(radio, lane=operation.lane), operation)
        if operation.ended:
            self._counted.pop(key, None)

    def _add(self, where: Where, operation: Operation) -> None:
        scores = self._scores.pop(where, {})
        self._scores[where] = scores  # the newest stands last
        scores.setdefault(verb(operation.request), Score()).add(operation)
        if len(self._scores) > DEVICES_MAX:
            del self._scores[next(iter(self._scores))]
