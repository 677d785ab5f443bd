"""What an access controller writes, whatever it writes."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.cassia.api import MalformedError
from bletui.backends.cassia.controller import names
from bletui.backends.cassia.hubs import Hub, accepted, hub, hub_list, stated
from bletui.backends.cassia.lanes import NAME_MAX
from bletui.text import is_clean
from tests.backends.cassia.any_json import ANYTHING
from tests.backends.cassia.recorded_router import HTML

MAC = "CC:1B:E0:E0:00:01"


def test_a_list_of_rows_or_an_object_by_address() -> None:
    row = {"mac": MAC.lower(), "status": "offline", "name": "hall", "model": "E1000", "version": 2, "group": None}
    known = Hub(MAC, False, "hall", "E1000", "2", "")
    assert hub_list(json.dumps([row]).encode(), online=True) == ([known], 0)
    assert hub_list(json.dumps({MAC: row}).encode(), online=True) == ([known], 0)
    assert hub_list(json.dumps({}).encode(), online=True) == ([], 0)


def test_what_is_not_said_is_what_the_list_is_of() -> None:
    assert hub({"id": MAC}, online=True).online
    assert not hub({"id": MAC}, online=False).online


def test_one_bad_row_leaves_the_others() -> None:
    body = json.dumps([7, {"mac": "hall"}, {"mac": MAC, "status": "asleep"}, {"mac": MAC, "status": []}, {"mac": MAC}])
    assert hub_list(body.encode(), online=True) == ([Hub(MAC, True)], 4)


@pytest.mark.parametrize("event", [{"mac": MAC}, {"mac": MAC, "status": None}, [], {"status": "online"}])
def test_a_state_event_has_a_router_and_a_state(event: object) -> None:
    with pytest.raises(MalformedError):
        stated(event)


@pytest.mark.parametrize("body", [b"OK", b"ok\n", b'{"status":"accepted"}', b'{"status":"success","flag":1}'])
def test_switches_answer_in_two_ways(body: bytes) -> None:
    accepted(body)


@pytest.mark.parametrize("body", [b"", HTML, b"[]", b"{}", b'{"status":"error"}', b'{"status":["accepted"]}'])
def test_what_is_neither_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        accepted(body)


@given(ANYTHING)
def test_nothing_but_malformed_comes_out_and_nothing_raw(value: object) -> None:
    for row in (value, {"mac": MAC, "status": "online", "name": value, "model": value, "group": value}):
        with suppress(MalformedError):
            assert all(is_clean(str(word)) for word in stated(row))
        with suppress(MalformedError):
            hub_list(json.dumps([row, value]).encode(), online=True)
        with suppress(MalformedError):
            accepted(json.dumps(row).encode())


LONG = "Cassia router, building"
ROUTERS = st.builds(
    lambda name, mac: Hub(f"CC:1B:E0:{mac[0]:02X}:00:{mac[1]:02X}", True, name),
    st.sampled_from(["", "hall", "yard", f"{LONG} A", f"{LONG} B"]),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
)


@given(st.lists(ROUTERS, unique_by=lambda hub: hub.mac))
def test_people_can_tell_routers_apart_by_short_names(routers: list[Hub]) -> None:
    found = names(routers)
    assert len(set(found.values())) == len(found) == len(routers)
    assert all(len(name) <= NAME_MAX for name in found.values())
    called = [router.name for router in routers]
    for router in routers:
        if router.name in ("hall", "yard") and called.count(router.name) == 1:
            assert found[router.mac] == router.name
