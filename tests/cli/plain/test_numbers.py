from __future__ import annotations

import pytest

from bletui.cli.plain.numbers import NUMBERS_MAX, Numbers, address_in
from bletui.devices import Device, DeviceStore
from bletui.failure import BleError
from bletui.model import Advertisement

ONE, TWO, EVIL = "C0:DE:00:00:00:01", "C0:DE:00:00:00:02", "C0:DE:00:00:00:03"


def devices() -> dict[str, Device]:
    store = DeviceStore()
    names = {ONE: "Door 1", TWO: "Door 12", EVIL: "\x1b]0;x\x07"}
    store.update(Advertisement(1.0, "l", at, "random", -50, name=name) for at, name in names.items())
    return store.devices


def test_a_device_is_meant_by_number_address_or_name() -> None:
    numbers = Numbers()
    known = devices()
    assert [numbers.of(ONE), numbers.of(TWO), numbers.of(ONE)] == [1, 2, 1]
    assert numbers.find("2", known) == numbers.find("#2", known) == TWO
    assert numbers.find("c0-de-00-00-00-09", known) == "C0:DE:00:00:00:09"
    assert numbers.find("door 1", known) == ONE  # the whole name before a part of one
    assert numbers.find("12", known) is None
    assert numbers.find("DOOR 12", known) == TWO
    assert numbers.find("\\x1b]0", known) == EVIL  # as it is shown
    with pytest.raises(BleError, match="#1 C0:DE:00:00:00:01, #2 C0:DE:00:00:00:02"):
        numbers.find("oor", known)


def test_numbers_are_bounded_and_never_given_twice() -> None:
    numbers = Numbers()
    for n in range(NUMBERS_MAX + 1):
        numbers.of(f"x{n}")
    assert numbers.find("1", {}) is None
    assert numbers.of("x0") == NUMBERS_MAX + 2


@pytest.mark.parametrize("text", ["", "C0:DE", "C0:DE-00:00:00:01", "G0:DE:00:00:00:01"])
def test_what_is_no_address(text: str) -> None:
    assert address_in(text) is None
