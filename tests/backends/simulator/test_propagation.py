"""Mean signal and the chance of hearing it."""

from __future__ import annotations

import pytest

from bletui.backends.simulator.propagation import DUTY, chances, expected_chance, fading, mean_rssi
from bletui.backends.simulator.site import Receiver, Wall

EAR = Receiver("sim/hci0", "hci0", (0.0, 0.0), 0.0, -93.0)


def test_signal_falls_with_distance_by_the_exponent() -> None:
    assert mean_rssi((1.0, 0.0), -59.0, EAR) == pytest.approx(-59.0)
    assert mean_rssi((10.0, 0.0), -59.0, EAR) == pytest.approx(-59.0 - 22.0)


def test_only_a_wall_in_between_takes_its_loss() -> None:
    between, beside = Wall((5.0, -1.0), (5.0, 1.0), 8.0), Wall((5.0, 1.0), (5.0, 2.0), 8.0)
    clear = mean_rssi((10.0, 0.0), -59.0, EAR)
    assert mean_rssi((10.0, 0.0), -59.0, EAR, (beside,)) == clear
    assert mean_rssi((10.0, 0.0), -59.0, EAR, (between, beside)) == pytest.approx(clear - 8.0)


def test_the_chance_is_half_at_the_sensitivity_and_falls_with_the_signal() -> None:
    table = chances(-93.0)
    assert table[93] == pytest.approx(DUTY / 2)
    assert list(table) == sorted(table, reverse=True)
    assert expected_chance(-60, -93.0) == pytest.approx(DUTY, abs=1e-6)


def test_fading_keeps_its_variance() -> None:
    rho, step = fading(1.0)
    assert 0 < rho < 1
    assert step**2 / (1 - rho**2) == pytest.approx(3.5**2)
