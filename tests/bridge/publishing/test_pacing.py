"""How often a device is published: a table of what happens, and rules that hold in any order of things."""

from __future__ import annotations

from itertools import pairwise
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.publishing import pacing
from bletui.bridge.publishing.pacing import Pacing


@pytest.mark.parametrize(
    ("heard", "published"),
    [
        ([(0, "x"), (1, "x"), (9.9, "x"), (10, "x"), (11, "x")], [0, 10]),
        ([(0, "x"), (0.5, "y"), (1.0, "y"), (1.5, "y")], [0, 1.0]),
        ([(0, "x"), (2, "y"), (2.5, "z")], [0, 2, 3.0]),
        ([(0, "x"), (0.5, "y"), (0.6, "x"), (5, "x")], [0]),
        ([(0, "x"), (20, "x"), (20.1, "x")], [0, 20]),
    ],
)
def test_what_is_heard_when_and_what_is_published(heard: list[tuple[float, str]], published: list[float]) -> None:
    assert [at for at, _ in played(Pacing(10, 1), heard)] == published


def played(pace: Pacing, heard: list[tuple[float, str]], until: float = 5.0) -> list[tuple[float, str]]:
    """When what is published; between reports it is looked for what is due every tenth of a second."""
    told, said, waiting = [], "", sorted(heard, key=itemgetter(0))
    for tick in range(int((waiting[-1][0] + until) * 10) + 1 if waiting else 0):
        now = tick / 10
        while waiting and waiting[0][0] <= now + 1e-9:
            at, said = waiting.pop(0)
            if pace.take("A", said, at):
                told.append((at, said))
        told += [(now, said) for _ in pace.due(now)]
    return told


TIMES = st.lists(st.tuples(st.integers(0, 300).map(lambda tenth: tenth / 10), st.sampled_from("xyz")), max_size=60)


@given(TIMES, st.sampled_from([0.0, 1.0, 2.0]), st.sampled_from([2.0, 5.0]))
def test_never_more_often_than_asked_and_the_last_word_is_told(
    heard: list[tuple[float, str]], change: float, every: float
) -> None:
    heard = sorted(heard, key=itemgetter(0))
    told = played(Pacing(every, change), heard)
    for (before, was), (after, now) in pairwise(told):
        assert after - before >= (every if was == now else change) - 1e-9
    if heard:
        assert told[0] == heard[0]
        assert told[-1][1] == heard[-1][1]


def test_every_report_where_it_is_asked_for() -> None:
    pace = Pacing(0, 0)
    assert all(pace.take("A", "x", now) for now in (0.0, 0.0, 0.1))


def test_devices_that_come_and_go_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "DEVICES_MAX", 3)
    pace = Pacing(10, 1)
    assert [pace.take(address, "x", 0.0) for address in "ABCD"] == [True] * 4
    assert not pace.take("D", "y", 0.1)
    assert pace.take("A", "x", 0.2)
    assert pace.due(5.0) == ["D"]
