"""What goes into the query of a scan; the router's own filters are the fact, written out here."""

from __future__ import annotations

import json

import pytest

from bletui.backends.cassia.query import PARAMETERS, Firmware, fixed, scan_query
from bletui.failure import BleError
from bletui.kinds import ErrorKind
from bletui.model import ScanFilter, ScanRequest, ValueFilter
from bletui.target import Target

NEW: Firmware = (2, 1, 1)


def asked(wanted: ScanFilter, firmware: Firmware | None = NEW, **target: str) -> dict[str, str]:
    query = scan_query(ScanRequest(filter=wanted), target=target, chip=None, firmware=firmware)
    assert query.pop("event") == "1"
    return query


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        (ScanFilter(), {}),
        (ScanFilter(min_rssi=-70), {"filter_rssi": "-70"}),
        (ScanFilter(addresses=("cc:1b:e0:00:00:01", "CC:DD:*")), {"filter_mac": "CC:1B:E0:00:00:01,CC:DD:*"}),
        (ScanFilter(names=("Thermo*", "*")), {"filter_name": "Thermo*,*"}),
        (ScanFilter(names=("a,b",)), {}),  # a comma can't be said: more is heard, not less
        (ScanFilter(uuids=("180f", "0000fe59-0000-1000-8000-00805f9b34fb")), {"filter_uuid": "180F,FE59"}),
        (ScanFilter(uuids=("6e400001-b5a3-f393-e0a9-e50e24dcca9e",)),
         {"filter_uuid": "6E400001B5A3F393E0A9E50E24DCCA9E"}),
        (ScanFilter(connectable=True), {"connectable": "1"}),
        (ScanFilter(duplicates_ms=1), {"filter_duplicates": "1"}),
        (ScanFilter(duplicates_ms=500), {}),
        (ScanFilter(duplicates_ms=2000), {"filter_duplicates": "2000"}),
        (ScanFilter(phys=("1M", "CODED")), {"phy": "1M,CODED"}),
    ],
)  # fmt: skip
def test_filters_are_pushed_in_the_routers_language(wanted: ScanFilter, query: dict[str, str]) -> None:
    assert asked(wanted) == query


def test_value_filters_are_json_in_the_form_that_the_firmware_knows() -> None:
    at_seven = ValueFilter(bytes.fromhex("0302e9"), 7)
    one = asked(ScanFilter(values=(at_seven,)), (2, 0, 3))["filter_value"]
    assert json.loads(one) == {"offset": "7", "data": "0302E9"}
    several = asked(ScanFilter(values=(at_seven, ValueFilter(b"\x01"))))["filter_value"]
    assert json.loads(several) == [{"offset": "7", "data": "0302E9"}, {"data": "01"}]
    assert asked(ScanFilter(values=(ValueFilter(b"\x01"),)), (2, 0, 7)) == {}


@pytest.mark.parametrize(
    ("wanted", "since"),
    [
        (ScanFilter(min_rssi=-70), (1, 3, 0)),
        (ScanFilter(addresses=("CC:*",)), (2, 0, 3)),
        (ScanFilter(names=("a*",)), (2, 0, 3)),
        (ScanFilter(duplicates_ms=1000), (2, 0, 3)),
        (ScanFilter(phys=("2M",)), (2, 1, 0)),
        (ScanFilter(connectable=True), (2, 1, 1)),
    ],
)
def test_what_the_firmware_is_too_old_for_is_left_out(wanted: ScanFilter, since: Firmware) -> None:
    major, minor, patch = since
    older = (major, minor, patch - 1) if patch else (major, minor - 1, 9)
    assert asked(wanted, since)
    assert asked(wanted, older) == {}
    assert asked(wanted, None) == asked(wanted, since)


def test_the_targets_own_parameters_win_and_the_rest_of_the_wish_stands() -> None:
    wish = ScanRequest(active=True, filter=ScanFilter(min_rssi=-70))
    query = scan_query(wish, target={"filter_rssi": "-50", "timestamp": "1"}, chip="all", firmware=None)
    assert query == {"event": "1", "active": "1", "chip": "all", "filter_rssi": "-50", "timestamp": "1"}


GOOD = {
    "active": ["0", "1"],
    "chip": ["0", "1", "all"],
    "filter_rssi": ["-70", "0"],
    "filter_mac": ["CC:1B:E0:00:00:01", "cc:dd:*,CC:1B:E0:00:00:01", "*"],
    "filter_name": ["Thermo*", "a,b"],
    "filter_uuid": ["180F", "FFF0,6e400001-b5a3-f393-e0a9-e50e24dcca9e"],
    "filter_value": ['{"offset":"7","data":"0302E9"}', '[{"data":"01"},{"offset":0,"data":"02"}]'],
    "filter_duplicates": ["0", "1", "1000"],
    "connectable": ["1"],
    "report_interval": ["1000"],
    "timestamp": ["1"],
    "beacon": ["1"],
    "phy": ["1M", "1M,2M,CODED"],
}
BAD = {
    "active": ["2", "yes", ""],
    "chip": ["2", "ALL"],
    "filter_rssi": ["-200", "1e2", "-70,-80"],
    "filter_mac": ["CC:1B", "CC:1B:E0:00:00:01,", "nonsense"],
    "filter_name": [""],
    "filter_uuid": ["xyz", ""],
    "filter_value": ["{", "[]", '{"data":"0"}', '{"offset":"7"}', "[" * 5000],
    "filter_duplicates": ["2", "999"],
    "connectable": ["true"],
    "report_interval": ["10"],
    "timestamp": ["now"],
    "beacon": ["2"],
    "phy": ["3M", "1M;2M"],
}


def test_every_parameter_has_its_examples() -> None:
    assert set(GOOD) == set(BAD) == set(PARAMETERS)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_good_parameters_pass_as_they_are(name: str, text: str) -> None:
    assert fixed(Target("cassia", host="router", params={name: text})) == {name: text}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_bad_parameters_are_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BleError, match=f"{name}=") as refused:
        fixed(Target("cassia", host="router", params={name: text}))
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
