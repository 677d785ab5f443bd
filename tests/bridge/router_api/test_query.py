"""Query parameters: each form that routers document, and each wrong one refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.bridge.router_api.query import NotificationQuery, ScanQuery, notification_query, scan_query
from bletui.failure import BleError, ErrorKind
from bletui.model import ScanFilter, ValueFilter

GOOD = [
    ("active", "1", ScanQuery(active=True)),
    ("active", "0", ScanQuery()),
    ("chip", "1", ScanQuery(chip=1)),
    ("chip", "all", ScanQuery()),
    ("timestamp", "1", ScanQuery(timestamp=True)),
    ("beacon", "1", ScanQuery(beacon=True)),
    ("report_interval", "1500", ScanQuery(report_interval=1.5)),
    ("report_interval", "0", ScanQuery()),
    ("filter_rssi", "-70", ScanFilter(min_rssi=-70)),
    ("filter_mac", "cc:1b:e0:e0:f1:e8", ScanFilter(addresses=("CC:1B:E0:E0:F1:E8",))),
    ("filter_mac", "CC:DD:EE*,C*,*", ScanFilter(addresses=("CC:DD:EE*", "C*", "*"))),
    (
        "filter_mac",
        "0F3AC2B1-9F31-4B0C-8E3C-6F1D2A3B4C5D",
        ScanFilter(addresses=("0F3AC2B1-9F31-4B0C-8E3C-6F1D2A3B4C5D",)),
    ),
    ("filter_name", "Cassia,pre*,*suf,*", ScanFilter(names=("Cassia", "pre*", "*suf", "*"))),
    ("filter_uuid", "fff0,E5", ScanFilter(uuids=("FFF0", "E5"))),
    ("filter_value", '{"offset":"7","data":"0302E9"}', ScanFilter(values=(ValueFilter(b"\x03\x02\xe9", 7),))),
    ("filter_value", '{"offset":7,"data":"0302e9"}', ScanFilter(values=(ValueFilter(b"\x03\x02\xe9", 7),))),
    ("filter_value", '{"data":"0302E9"}', ScanFilter(values=(ValueFilter(b"\x03\x02\xe9"),))),
    ("filter_value", '[{"data":"03"},{"offset":"0","data":"04"}]',
     ScanFilter(values=(ValueFilter(b"\x03"), ValueFilter(b"\x04", 0)))),
    ("connectable", "1", ScanFilter(connectable=True)),
    ("filter_duplicates", "1", ScanFilter(duplicates_ms=1)),
    ("filter_duplicates", "1000", ScanFilter(duplicates_ms=1000)),
    ("filter_duplicates", "0", ScanFilter()),
    ("phy", "1M,2M,CODED", ScanFilter(phys=("1M", "2M", "CODED"))),
    ("phy", "coded", ScanFilter(phys=("CODED",))),
    ("mac", "nonsense", ScanQuery()),
    ("access_token", "", ScanQuery()),
    ("filter_mac", "", ScanQuery()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), GOOD)
def test_a_parameter_as_documented(name: str, text: str, expected: ScanQuery | ScanFilter) -> None:
    wanted = ScanQuery(filter=expected) if isinstance(expected, ScanFilter) else expected
    assert scan_query({"event": "1", name: text}) == wanted


BAD = {
    "active": ["2", "yes", "-1"],
    "chip": ["x", "-1", "256", "0,1"],
    "timestamp": ["true"],
    "beacon": ["2"],
    "report_interval": ["1", "999", "-1000", "1e3", "99999999999"],
    "filter_rssi": ["abc", "-129", "128", "-70,-60", "-7_0", "٣", " -70"],
    "filter_mac": ["CC:1B:E0:E0:F1", "CC1BE0E0F1E8", "ZZ*", ",", "CC:1B:E0:E0:F1:E8:00", "CC-1B-E0-E0-F1-E8"],
    "filter_name": ["a*b", "*a*", "**", ","],
    "filter_uuid": ["0000fff0-0000-1000-8000-00805f9b34fb", "xyz", "F" * 33, ","],
    "filter_value": [
        "{", "[]", "1", '"0302"', "{}", '{"data":""}', '{"data":"030"}', '{"data":"03 02"}', '{"data":302}',
        '{"offset":"-1","data":"03"}', '{"offset":true,"data":"03"}', '{"offset":1.5,"data":"03"}',
        '{"offset":"9999","data":"03"}', '{"offset":[],"data":"03"}', '[{"data":"03"},{}]', "[" * 50_000,
    ],
    "connectable": ["2"],
    "filter_duplicates": ["2", "999", "-1", "86400001"],
    "phy": ["3M", ",", "1M;2M"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_a_wrong_parameter_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BleError) as refused:
        scan_query({name: text})
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert refused.value.failure.detail.startswith(f"{name}=")
    assert len(refused.value.failure.detail) <= 300


@given(st.dictionaries(st.sampled_from([*BAD, "mac"]), st.text(max_size=20)))
def test_any_query_is_read_or_refused(params: dict[str, str]) -> None:
    try:
        assert isinstance(scan_query(params), ScanQuery)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID


def test_the_query_of_the_notification_stream() -> None:
    assert notification_query({"event": "1", "sequence": "2", "timestamp": "1"}) == NotificationQuery(2, True)
    assert notification_query({"sequence": "0"}) == NotificationQuery()
    with pytest.raises(BleError):
        notification_query({"sequence": "3"})
