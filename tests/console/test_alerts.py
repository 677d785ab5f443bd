"""The values that are watched: what strikes, how often that is told, and what is kept of all values."""

from __future__ import annotations

import pytest

from bletui.console import known
from bletui.console.alerts import FLASH, QUIET, Alerts
from bletui.console.known import Book, Place
from bletui.decode.values.alert import Rule, Watch
from bletui.log import Entry
from bletui.model import Notification, Peer
from bletui.session import Session
from bletui.target import parse

UUID = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
HERE = Place("r", Peer("r/0", "A"), 3)
OVER = Watch(Rule(">10", high=10.0), UUID)


def test_what_strikes_is_told_once_flashes_and_is_counted_until_seen() -> None:
    alerts = Alerts()
    alerts.watch(HERE, OVER, "lamp")
    assert alerts.look(None, 0.0) == []
    alerts.book[HERE].take(b"\x0b", 0.0)
    (struck,) = alerts.look(None, 1.0)
    assert struck.why == "u8 LE 11 is over 10, lamp"
    assert alerts.words(1.0) == "ALERT u8 LE 11 is over 10, lamp"
    assert alerts.look(None, 1.1) == []
    assert alerts.words(1.0 + FLASH) == "1 ALERT"
    alerts.seen()
    assert alerts.words(1.0 + FLASH) == ""


def test_a_value_that_jumps_is_told_of_every_two_seconds_with_its_count() -> None:
    alerts = Alerts()
    alerts.watch(HERE, OVER, "lamp")
    told = []
    for tenth in range(60):
        alerts.book[HERE].take(bytes([11 if tenth % 2 else 9]), tenth / 10)
        told += alerts.look(None, tenth / 10)
    assert len(told) == 3
    assert told[1].why.endswith(", 10 times")
    assert [alerts.rings(now) for now in (0.0, QUIET / 2, QUIET)] == [True, False, True]


def test_a_value_that_is_out_of_bounds_already_strikes_at_once_and_a_watch_that_is_gone_does_not() -> None:
    alerts = Alerts()
    alerts.book[HERE].take(b"\x0b", 0.0)
    alerts.watch(HERE, OVER, "lamp")
    assert len(alerts.look(None, 0.0)) == 1
    alerts.watch(HERE, None, "")
    alerts.book[HERE].take(b"\x01", 1.0)
    alerts.book[HERE].take(b"\x0b", 2.0)
    assert alerts.look(None, 9.0) == []
    assert not list(alerts.watched())


def test_an_alert_stays_with_a_device_that_comes_back_over_another_lane() -> None:
    alerts = Alerts()
    alerts.watch(HERE, OVER, "lamp")
    session = Session([parse("sim:")])
    there = Peer("r/1", HERE.peer.address)
    session.log.append(Entry("r", Notification(1.0, there, HERE.handle, b"\x0b")))
    assert len(alerts.look(session, 1.0)) == 1
    ((place, called, _),) = alerts.watched()
    assert (place.peer, called) == (there, "lamp")
    alerts.watch(place, None, "")
    assert alerts.book[HERE].alarm is None
    assert alerts.book[place].alarm is None


def test_what_is_kept_is_bounded_and_what_is_watched_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "PLACES_MAX", 10)
    alerts = Alerts()
    alerts.watch(HERE, OVER, "lamp")
    for handle in range(100, 200):
        alerts.book[Place("r", HERE.peer, handle)].take(b"\x01", 0.0)
    assert len(alerts.book) == 10
    assert [place for place, _, _ in alerts.watched()] == [HERE]
    assert isinstance(alerts.book, Book)
