"""Adapters from properties, whatever these hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.local.adapters import absent, adapter, adapters, lane, trouble
from bletui.backends.local.options import Options
from bletui.backends.local.rfkill import Switch
from bletui.errors.rules import remedies
from bletui.failure import ErrorKind
from bletui.text import is_clean

PATH = "/org/bluez/hci0"
PROPERTIES: dict[str, object] = {
    "Address": "00:1a:7d:da:71:13",
    "Alias": "desk",
    "Powered": True,
    "Roles": ["central", "peripheral"],
    "Modalias": "usb:v1D6Bp0246d0542",
}
SOFT = Switch("rfkill0", "hci0", soft=True, hard=False)
HARD = Switch("rfkill3", "tpacpi_bluetooth_sw", soft=False, hard=True)
OTHER = Switch("rfkill1", "hci1", soft=True, hard=False)
FREE = Switch("rfkill0", "hci0", soft=False, hard=False)


def test_a_lane_is_named_by_the_address_and_shows_the_index() -> None:
    made = lane("00:1A:7D:DA:71:13", adapter(PATH, PROPERTIES), "local", Options(), None)
    assert (made.id, made.name, made.usable) == ("local/00:1A:7D:DA:71:13", "hci0", None)
    assert made.info == {
        "alias": "desk",
        "address": "00:1a:7d:da:71:13",
        "modalias": "usb:v1D6Bp0246d0542",
        "scan": "active",
    }


OFF = [
    (None, "", "hci0 is switched off", {"adapter": "hci0"}),
    ((FREE,), "off", "hci0 is switched off", {"adapter": "hci0", "rfkill": "none"}),
    ((OTHER,), "off", "hci0 is switched off", {"adapter": "hci0", "rfkill": "none"}),
    ((SOFT, HARD), "off-blocked", "hci0 is blocked by rfkill (rfkill0 hci0: soft)",
     {"adapter": "hci0", "rfkill": "soft"}),
    ((HARD,), "off-blocked", "hci0 is blocked by rfkill (rfkill3 tpacpi_bluetooth_sw: hard)",
     {"adapter": "hci0", "rfkill": "hard"}),
    (None, "off-blocked", "hci0 is blocked by rfkill", {"adapter": "hci0", "rfkill": "soft"}),
]  # fmt: skip


@pytest.mark.parametrize(("switches", "state", "detail", "evidence"), OFF)
def test_why_it_is_off(switches: tuple[Switch, ...] | None, state: str, detail: str, evidence: dict[str, str]) -> None:
    one = adapter(PATH, PROPERTIES | {"Powered": False} | ({"PowerState": state} if state else {}))
    failure = trouble(one, "local", "local/x", switches)
    assert failure is not None
    assert failure.kind is ErrorKind.ADAPTER_OFF
    assert failure.detail == detail
    assert dict(failure.evidence) == evidence


def test_an_adapter_that_is_no_central_is_told_what_to_plug_in() -> None:
    failure = trouble(adapter("/org/bluez/hci0", PROPERTIES | {"Roles": ["peripheral"]}), "local", "local/x", None)
    assert failure is not None
    assert failure.kind is ErrorKind.ADAPTER_MISSING
    assert remedies(failure)[0].text.startswith("This adapter speaks classic Bluetooth only")


def test_an_adapter_that_was_named_and_is_not_there_is_told_how_to_list_them() -> None:
    named = absent(Options(adapter="hci9"), [adapter("/org/bluez/hci0", PROPERTIES)], "local")
    assert remedies(named)[0].command == "bluetoothctl list"
    assert remedies(absent(Options(), [], "local"))[0].command == "ls /sys/class/bluetooth"


def test_bluez_without_roles_is_given_the_benefit_of_the_doubt() -> None:
    known = {name: value for name, value in PROPERTIES.items() if name != "Roles"}
    assert trouble(adapter(PATH, known), "local", "x", None) is None


@given(
    st.dictionaries(
        st.sampled_from(["Address", "Alias", "Powered", "PowerState", "Roles", "Modalias", "Version", "Discovering"]),
        st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text()), st.binary(), st.none()),
    )
)
def test_properties_of_any_type_give_a_lane_that_can_be_shown(held: dict[str, Any]) -> None:
    for key, one in adapters({PATH: held, "/org/bluez/hci1": held}).items():
        made = lane(key, one, "local", Options(), (SOFT,))
        texts = [made.id, made.name, *made.info.values(), made.usable.detail if made.usable else ""]
        assert all(is_clean(text) for text in texts)
    assert len(adapters({PATH: held, "/org/bluez/hci1": held})) == 2
