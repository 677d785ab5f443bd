"""What devices said at another time, against what they say now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bletui.devices import DeviceStore
from bletui.devices.saved import Saved, compare, saved
from bletui.model import Advertisement

BATTERY, APPLE = bytes.fromhex("03030f18"), bytes.fromhex("04ff4c0001")


def heard(n: int, raw: bytes = b"", name: str | None = None) -> Advertisement:
    return Advertisement(1.0, "a/0", f"C0:00:00:00:00:{n:02X}", "random", -60, "ADV_IND", raw, name)


def now(*reports: Advertisement) -> DeviceStore:
    store = DeviceStore()
    store.update(reports)
    return store


def test_new_changed_and_gone_are_told_and_a_sensors_next_value_is_not() -> None:
    before = {one.address: one for one in map(saved, now(
        heard(1, APPLE + BATTERY), heard(2, name="a"), heard(3), heard(4, BATTERY),
    ).devices.values())}  # fmt: skip
    after = now(heard(1, bytes.fromhex("04ff4c0002") + BATTERY), heard(2, name="b"), heard(4), heard(5))
    found = [(one.what, one.address[-2:]) for one in compare(before, after.devices.values())]
    assert found == [("changed", "02"), ("changed", "04"), ("new", "05"), ("gone", "03")]


SAVED = st.builds(
    Saved,
    st.sampled_from(["A", "B", "C", "D"]),
    st.none() | st.text(max_size=3),
    st.none() | st.integers(0, 65535),
    st.just(()),
)


@given(st.lists(SAVED, max_size=6))
def test_each_address_is_told_once_at_most(before: list[Saved]) -> None:
    store = now(heard(1), heard(2))
    known = {one.address: one for one in before}
    told = [one.address for one in compare(known, store.devices.values())]
    assert len(told) == len(set(told))
    assert set(told) == set(known) | set(store.devices)
    again = {device.address: saved(device) for device in store.devices.values()}
    assert not list(compare(again, store.devices.values()))
