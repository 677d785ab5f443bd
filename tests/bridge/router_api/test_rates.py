"""Bytes a second of notifications."""

from __future__ import annotations

from bletui.bridge.router_api.rates import WINDOW, Rates
from bletui.model import LinkChanged, Notification, Peer

AT = 1_700_000_000.0
ONE, TWO = Peer("r/0", "AA:00:00:00:00:01"), Peer("r/0", "AA:00:00:00:00:02")


def said(peer: Peer, size: int) -> Notification:
    return Notification(AT, peer, 3, bytes(size))


def test_a_rate_is_that_of_the_last_whole_window() -> None:
    time = [100.0]
    rates = Rates(lambda: time[0])
    for _ in range(10):
        rates.notice(said(ONE, 20))
    rates.notice(said(TWO, 1))
    rates.notice(LinkChanged(AT, ONE, "up"))
    assert rates.now() == {}
    time[0] += WINDOW
    assert rates.now() == {ONE.address: 200 / WINDOW, TWO.address: 1 / WINDOW}
    rates.notice(said(TWO, 5))
    time[0] += WINDOW
    assert rates.now() == {TWO.address: 5 / WINDOW}
    rates.notice(said(ONE, 5))
    time[0] += 3 * WINDOW  # what was said is no longer in the last window
    assert rates.now() == {}


def test_a_fast_site_is_measured_in_its_own_seconds() -> None:
    time = [0.0]
    rates = Rates(lambda: time[0], speed=10.0)
    rates.notice(said(ONE, 50))
    time[0] += WINDOW / 10
    assert rates.now() == {ONE.address: 10.0}
