"""A twentieth of the day of `python -m benchmarks.soak_links`, and what its bookkeeping would not let pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.soak_links.day import COUNTED, Day, Look, day, faults_of
from benchmarks.soak_links.ledger import SILENCE, Ledger
from benchmarks.soak_links.places import PLACES
from bletui.failure import ErrorKind, Failure
from bletui.model import (
    Disconnect,
    LinkChanged,
    Notification,
    Operation,
    OperationChanged,
    OpId,
    Peer,
    StreamChanged,
    SubscriptionChanged,
)
from bletui.testing.virtual_time import START

TWENTIETH = 24 / 20  # hours
LINK = Peer("a", "AA:00:00:00:00:01")
LOST = Failure(kind=ErrorKind.LINK_LOST)
CALM = Look(0.0, 30_000, 1_000, 1_000, 10, 5, 8, 5, 0, 0)
CALLS = ("call connect", "call read", "call write", "call subscribe")
STRUCK = {
    "sim": ("lane", "stream scan", "link", *CALLS),
    "cassia": ("lane", "stream scan", "stream notify", "stream state", "link", *CALLS),
}


@pytest.mark.parametrize("over", PLACES)
def test_a_twentieth_of_the_day_leaves_nothing_behind(over: str) -> None:
    lines: list[str] = []
    outcome = day(PLACES[over], TWENTIETH, 1, lines.append)
    ledger = outcome.ledger
    assert faults_of(outcome) == []
    assert ledger.faults.total() >= 1440 / 20
    assert len(lines) == ledger.ends.total() == ledger.faults.total() + ledger.followed.total() - len(ledger.open)
    for what in STRUCK[over]:
        assert ledger.faults[what] >= 5, what
    assert ledger.ends["subscription: notifies again"] >= 1440 / 20
    assert outcome.visits >= 10


@pytest.mark.parametrize("over", PLACES)
def test_the_same_seed_gives_the_same_day(over: str) -> None:
    first: list[str] = []
    second: list[str] = []
    day(PLACES[over], 0.05, 5, first.append)
    day(PLACES[over], 0.05, 5, second.append)
    assert first == second != []


def test_a_lost_value_is_over_only_when_it_notifies_after_it_was_armed() -> None:
    lines: list[str] = []
    ledger = Ledger(lines.append)
    ledger.add(SubscriptionChanged(START + 1, LINK, 7, "notify", (), LOST))
    ledger.add(LinkChanged(START + 1, LINK, "down", LOST))
    ledger.add(LinkChanged(START + 2, LINK, "up"))
    ledger.add(Notification(START + 2.5, LINK, 7, b""))
    ledger.add(SubscriptionChanged(START + 3, LINK, 7, "notify", ("me",)))
    assert [trouble.key[0] for trouble in ledger.before(START + 4)] == ["subscription"]
    assert list(ledger.unproven) == [("subscription", LINK.address, "0x7")]
    ledger.add(Notification(START + 4, LINK, 7, b""))
    assert not ledger.open
    assert not ledger.unproven
    assert lines == [
        f"{START + 1:.2f} link {LINK.address}: link.lost; connected again after 1.00 s",
        f"{START + 1:.2f} subscription {LINK.address} 0x7: link.lost; notifies again after 3.00 s",
    ]


def test_a_value_is_to_be_proven_again_after_its_stream_has_broken() -> None:
    ledger = Ledger(lambda line: None)
    ledger.add(SubscriptionChanged(START, LINK, 7, "notify", ("me",)))
    ledger.add(Notification(START + 1, LINK, 7, b""))
    ledger.add(StreamChanged(START + 2, None, "notify", "broken", LOST))
    assert list(ledger.unproven.values()) == [START + 2]
    ledger.add(SubscriptionChanged(START + 3 + SILENCE, LINK, 7, "notify", (), LOST))
    assert ledger.wrong == [f"{START + 2:.2f} subscription {LINK.address} 0x7: armed, and silent for 301 s"]


def test_a_link_that_comes_back_as_somebody_elses_is_named() -> None:
    ledger = Ledger(lambda line: None)
    ledger.add(LinkChanged(START, LINK, "down", LOST))
    ledger.add(LinkChanged(START + 1, LINK, "up", foreign=True))
    assert [LINK.address in line for line in ledger.estranged()] == [True]
    ledger.add(LinkChanged(START + 2, LINK, "up"))
    assert not [*ledger.estranged()]


def test_whatever_grows_or_stays_quiet_is_named() -> None:
    def wrong(*looks: Look, struck: int = 3) -> list[str]:
        ledger = Ledger(lambda line: None)
        for minute in range(struck):
            ledger.add(LinkChanged(START + minute * 60, LINK, "down", LOST))
            ledger.add(LinkChanged(START + minute * 60 + 1, LINK, "up"))
        return faults_of(Day(3 / 60, ledger, list(looks)))

    assert wrong(*[CALM] * 6) == []
    assert [line.split()[0] for line in wrong(*[CALM] * 5, replace(CALM, memory=1_100))] == ["memory"]
    assert [line.split()[0] for line in wrong(*[CALM] * 5, replace(CALM, objects=1_100))] == ["objects"]
    for name in COUNTED:
        assert name in wrong(*[CALM] * 5, replace(CALM, **{name: 50}))[0]
    assert wrong(*[CALM] * 6, struck=1) != []
    assert wrong(*[replace(CALM, seq=10)] * 6) == ["too short to tell whether anything grows"]


def test_a_release_that_failed_is_over_when_the_link_is_gone_and_not_before() -> None:
    ledger = Ledger(lambda _: None)
    release = Operation(
        id=OpId("radio", 1), request=Disconnect(LINK.address, LINK.lane), state="failed",
        failure=Failure(kind=ErrorKind.NET_REFUSED), started=START, limit=2.0,
    )  # fmt: skip
    ledger.add(OperationChanged(START + 1, release))
    ledger.add(LinkChanged(START + 2, LINK, "up", mtu=247))
    assert [trouble.key[1] for trouble in ledger.before(START + 3)] == ["disconnect"]
    ledger.add(LinkChanged(START + 4, LINK, "down"))
    assert list(ledger.before(START + 5)) == []
