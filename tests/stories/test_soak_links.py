"""A twentieth of the day of `python -m benchmarks.soak_links`, and what its bookkeeping would not let pass."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.soak_links.day import Day, Look, day, faults_of
from benchmarks.soak_links.ledger import Ledger
from bletui.failure import ErrorKind, Failure
from bletui.model import LinkChanged, Notification, Peer, SubscriptionChanged
from bletui.testing.virtual_time import START

TWENTIETH = 24 / 20  # hours
LINK = Peer("a", "AA:00:00:00:00:01")
LOST = Failure(kind=ErrorKind.LINK_LOST)
CALM = Look(0.0, 30_000, 1_000, 1_000, 10, 5, 5, 0, 0)


def test_a_twentieth_of_the_day_leaves_nothing_behind() -> None:
    lines: list[str] = []
    outcome = day(TWENTIETH, 1, lines.append)
    ledger = outcome.ledger
    assert faults_of(outcome) == []
    assert ledger.faults.total() >= 1440 / 20
    assert len(lines) == ledger.ends.total() == ledger.faults.total() + ledger.followed.total() - len(ledger.open)
    for what in ("lane", "stream", "link", "call connect", "call read", "call write", "call subscribe"):
        assert ledger.faults[what] >= 5, what
    assert ledger.ends["subscription: notifies again"] >= 1440 / 20
    assert outcome.visits >= 10


def test_the_same_seed_gives_the_same_day() -> None:
    first: list[str] = []
    second: list[str] = []
    day(0.05, 5, first.append)
    day(0.05, 5, second.append)
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
    for name in ("tasks", "seats", "links", "operations", "prompts"):
        assert name in wrong(*[CALM] * 5, replace(CALM, **{name: 50}))[0]
    assert wrong(*[CALM] * 6, struck=1) != []
    assert wrong(*[replace(CALM, seq=10)] * 6) == ["too short to tell whether anything grows"]
