"""The router's JSON, as five firmware generations write it."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.cassia import api
from bletui.backends.cassia.api import Chip, Connected, MalformedError
from tests.backends.cassia.any_json import ANYTHING
from tests.backends.cassia.recorded_router import HTML, recorded


def listed(*nodes: object) -> tuple[list[Connected], int]:
    return api.connections(json.dumps({"nodes": list(nodes)}).encode())


def test_the_recorded_connection_list_of_firmware_1_4() -> None:
    links, unread = api.connections(recorded("GET", "/gap/nodes", 200).body)
    assert unread == 0
    assert links == [Connected("F6:12:3D:BD:DE:44", 0)]


def test_later_connection_lists_tell_more() -> None:
    node = {"id": "f6:12:3d:bd:de:44", "chipId": "1", "pairStatus": "paired", "tx_phy": "2M", "rx_phy": "1M"}
    assert listed(node) == ([Connected("F6:12:3D:BD:DE:44", 1, ("2M", "1M"), True)], 0)
    assert listed({"bdaddrs": {"bdaddr": "F6:12:3D:BD:DE:44", "bdaddType": "random"}, "chipId": 0, "rssi": -21}) == (
        [Connected("F6:12:3D:BD:DE:44", 0)],
        0,
    )


def test_an_empty_list_comes_as_an_object() -> None:
    assert api.connections(b'{"nodes":{}}') == ([], 0)
    assert api.connections(b'{"nodes":[]}') == ([], 0)


def test_one_bad_entry_leaves_the_others() -> None:
    assert listed({"id": "nonsense"}, 7, {"id": "F6:12:3D:BD:DE:44", "chipId": 9}, {"id": "F6:12:3D:BD:DE:44"}) == (
        [Connected("F6:12:3D:BD:DE:44", 0)],
        3,
    )


@pytest.mark.parametrize("body", [b"", b"OK", HTML, b"[]", b"7", b'{"nodes":"none"}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_list_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        api.connections(body)


def test_info_of_firmware_1_3() -> None:
    body = {"version": "1.3.0", "mac": "cc:1b:e0:e0:f1:e8", "chipinfo": {"1": {"max": "11"}, "0": {"max": 11}}}
    info = api.router_info(json.dumps(body).encode())
    assert (info.mac, info.firmware, info.chips) == ("CC:1B:E0:E0:F1:E8", (1, 3, 0), (Chip(0, 11), Chip(1, 11)))


def test_info_may_tell_nothing() -> None:
    assert api.router_info(b"{}") == api.RouterInfo()
    assert api.router_info(b'{"mac":"here","version":7,"chipinfo":[]}').firmware is None
    assert api.RouterInfo(version="2.1.1.2303082218").firmware == (2, 1, 1)
    assert api.RouterInfo(version="nightly").firmware is None
    assert api.RouterInfo(version="0.1.0").firmware is None  # something else that speaks this API


@given(ANYTHING)
def test_nothing_but_malformed_comes_out(value: object) -> None:
    body = json.dumps(value).encode()
    for read in (api.router_info, api.connections):
        with suppress(MalformedError):
            read(body)


@given(st.integers(-(10**12), 10**12), st.sampled_from([int, str, float]))
def test_numbers_come_as_numbers_and_as_strings(number: int, form: type) -> None:
    value = form(number)
    try:
        read = api.integer(value, -100, 100, "x")
    except MalformedError:
        assert not -100 <= number <= 100
    else:
        assert read == number


def test_a_name_may_hold_bytes_that_are_no_text_and_raw_control_characters() -> None:
    assert api.parse(b'{"name":"\xff\x1b[2J"}') == {"name": "\ufffd\x1b[2J"}
