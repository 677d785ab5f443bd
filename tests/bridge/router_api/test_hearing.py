"""Who hears a device best."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api import hearing
from bletui.bridge.router_api.hearing import FRESH, Hearing
from tests.bridge.router_api.site import AT, heard

ONE, TWO, DEVICE = "CC:1B:E0:00:00:01", "CC:1B:E0:00:00:02", "EB:2E:AF:D8:49:DC"


def test_one_strong_packet_does_not_move_a_device() -> None:
    found = Hearing(lambda: AT)
    for _ in range(20):
        found.hear(ONE, [heard(rssi=-50)])
        found.hear(TWO, [heard(rssi=-60)])
    assert found.nearest(DEVICE) == ONE
    found.hear(TWO, [heard(rssi=-45)])
    assert found.nearest(DEVICE) == ONE
    for _ in range(5):
        found.hear(TWO, [heard(rssi=-45)])
    assert (found.nearest(DEVICE), found.devices()) == (TWO, {DEVICE: TWO})
    assert found.strength(DEVICE, TWO) == pytest.approx(-46.8, abs=0.5)
    assert (found.strength(DEVICE, "x"), found.kind(DEVICE)) == (None, "random")


def test_what_was_heard_long_ago_does_not_count() -> None:
    now = [AT]
    found = Hearing(lambda: now[0])
    found.hear(ONE, [heard(rssi=-40)])
    now[0] += FRESH
    assert found.nearest(DEVICE) == ONE
    found.hear(TWO, [heard(rssi=-90, at=now[0])])
    now[0] += 1
    assert (found.nearest(DEVICE), found.strength(DEVICE, ONE)) == (TWO, None)
    found.hear(ONE, [heard(rssi=-80, at=now[0])])  # begins anew, without the old -40
    assert found.strength(DEVICE, ONE) == -80
    now[0] += FRESH + 1
    assert (found.nearest(DEVICE), found.devices(), found.kind(DEVICE)) == (None, {}, None)


def test_an_unknown_signal_is_none() -> None:
    found = Hearing(lambda: AT)
    found.hear(ONE, [heard(rssi=None)])
    assert found.devices() == {}


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([ONE, TWO]), st.integers(-100, -20)), max_size=80))
def test_memory_is_bounded_and_those_heard_last_are_remembered(heard_of: list[tuple[int, str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing, "DEVICES_MAX", 10)
        found = Hearing(lambda: AT)
        addresses = [f"AA:00:00:00:00:{number:02X}" for number, _, _ in heard_of]
        for address, (_, mac, rssi) in zip(addresses, heard_of, strict=True):
            found.hear(mac, [heard(address=address, rssi=rssi)])
        last = list(dict.fromkeys(reversed(addresses)))[:10]
        assert set(found.devices()) == set(last)
