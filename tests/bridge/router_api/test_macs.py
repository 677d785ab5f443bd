"""The MACs of an access controller's routers."""

from __future__ import annotations

import pytest

from bletui.bridge.router_api.macs import macs
from bletui.failure import BleError


def test_routers_without_a_given_mac_are_numbered() -> None:
    assert macs([], 3) == ("02:B1:E7:00:00:01", "02:B1:E7:00:00:02", "02:B1:E7:00:00:03")
    assert macs(["cc:1b:e0:e0:f1:e8"], 2) == ("CC:1B:E0:E0:F1:E8", "02:B1:E7:00:00:02")
    assert macs([], 300)[-1] == "02:B1:E7:00:01:2C"
    assert len(set(macs([], 300))) == 300


TWICE = ["CC:1B:E0:E0:F1:E8", "cc:1b:e0:e0:f1:e8"]
TOO_MANY = [f"CC:1B:E0:E0:F1:0{n}" for n in range(4)]


@pytest.mark.parametrize("given", [["x"], ["CC:1B:E0:E0:F1"], TWICE, TOO_MANY])
def test_macs_that_can_not_be(given: list[str]) -> None:
    with pytest.raises(BleError, match="router-mac"):
        macs(given, 3)
