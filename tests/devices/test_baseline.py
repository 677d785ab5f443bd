"""What differs from a moment, and which payload changes are remembered."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bletui.devices import Change, DeviceStore
from bletui.devices.store import CHANGES_MAX
from bletui.filters import parse
from bletui.model import Advertisement

UUID_BATTERY = bytes.fromhex("03030f18")
APPLE, NORDIC = bytes.fromhex("04ff4c0001"), bytes.fromhex("04ff590001")


def heard(n: int, at: float, raw: bytes = b"", name: str | None = None) -> Advertisement:
    return Advertisement(at, "a/0", f"C0:00:00:00:00:{n:02X}", "random", -60, "ADV_IND", raw, name)


def differences(store: DeviceStore, now: float) -> list[str | None]:
    assert store.baseline is not None
    return [store.baseline.difference(device, now) for device in store.devices.values()]


def test_what_comes_goes_or_says_another_thing_differs() -> None:
    store = DeviceStore()
    store.update([heard(1, 99, APPLE), heard(2, 99, APPLE), heard(3, 99, UUID_BATTERY), heard(4, 99, name="a")])
    store.take_baseline(100)
    assert differences(store, 100) == [None] * 4
    store.update([
        heard(2, 120, NORDIC), heard(3, 120, bytes.fromhex("03030d18")), heard(4, 120, name="b"), heard(5, 120),
    ])  # fmt: skip
    assert differences(store, 121) == ["gone", "changed", "changed", "changed", "new"]
    store.update([heard(1, 121.5, APPLE)])
    assert differences(store, 122)[0] is None


def test_a_sensors_next_value_is_no_difference() -> None:
    store = DeviceStore()
    store.update([heard(1, 99, APPLE + UUID_BATTERY)])
    store.take_baseline(100)
    store.update([heard(1, 101, bytes.fromhex("04ff4c0002") + UUID_BATTERY)])
    assert differences(store, 101) == [None]


def test_a_device_with_a_long_interval_is_given_time() -> None:
    store = DeviceStore()
    store.update([heard(1, at) for at in (0.0, 10.0, 20.0)])
    store.take_baseline(21)
    assert differences(store, 60) == [None]
    assert differences(store, 80) == ["gone"]


def test_a_device_that_is_silent_because_it_is_connected_has_not_gone() -> None:
    store = DeviceStore()
    store.update([heard(1, 99)])
    store.take_baseline(100)
    assert store.baseline is not None
    assert differences(store, 121) == ["gone"]
    store.baseline.linked = {"C0:00:00:00:00:01"}
    assert differences(store, 121) == [None]


def test_what_was_silent_long_before_has_not_gone_since() -> None:
    store = DeviceStore()
    store.update([heard(1, 0.0)])
    store.take_baseline(100)
    assert differences(store, 200) == [None]


def test_a_device_that_was_given_up_and_comes_back_is_not_new() -> None:
    store = DeviceStore(devices_max=2)
    store.update([heard(1, 1.0), heard(2, 2.0)])
    store.take_baseline(3.0)
    store.update([heard(3, 4.0), heard(1, 5.0)])
    assert {address[-2:]: device.new for address, device in store.devices.items()} == {"03": True, "01": False}


def test_dropping_the_baseline_hands_out_what_is_no_longer_new() -> None:
    store = DeviceStore()
    store.take_baseline(0.0)
    store.update([heard(1, 1.0)])
    (device,) = store.take_dirty()
    assert parse("new").matches(device) is True
    store.clear_baseline()
    assert store.take_dirty() == {device}
    assert parse("new").matches(device) is False


@given(st.lists(st.tuples(st.integers(1, 3), st.binary(max_size=3)), max_size=30), st.integers(1, 4))
def test_the_history_of_a_device_is_its_payloads_newest_first(said: list[tuple[int, bytes]], most: int) -> None:
    store = DeviceStore()
    store.update([heard(n, float(at), raw) for at, (n, raw) in enumerate(said)])
    for n in (1, 2, 3):
        payloads = [(float(at), raw) for at, (who, raw) in enumerate(said) if who == n]
        expected = [
            Change(at, f"C0:00:00:00:00:{n:02X}", False, raw, before)
            for (_, before), (at, raw) in pairwise(payloads)
            if raw != before
        ]
        assert store.history(f"C0:00:00:00:00:{n:02X}", most) == expected[::-1][:most]
    assert store.changes_since is None


def test_thousands_of_first_payloads_push_no_change_out_and_what_is_given_up_is_told() -> None:
    store = DeviceStore()
    store.update([heard(1, 0.0, b"\x01"), heard(1, 1.0, b"\x02")])
    store.update([heard(2, 2.0 + n)._replace(address=f"{n}", raw=b"\x05") for n in range(300)])
    assert [change.raw for change in store.changes] == [b"\x02"]
    store.update([heard(2, 400.0 + n, bytes([n & 1])) for n in range(CHANGES_MAX + 1)])
    assert store.changes_since == 401.0
    assert store.history("C0:00:00:00:00:01", 3) == []
