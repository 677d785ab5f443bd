"""Each firmware's own events, words, parameters and limits; each model's chips."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.backends.cassia.query import scan_query
from bletui.bridge.router_api.app import refusal
from bletui.bridge.router_api.encoding import scan_event
from bletui.bridge.router_api.models import MODELS, model
from bletui.bridge.router_api.profiles import DEFAULT, PROFILES
from bletui.bridge.router_api.since import KNOWN, refuse_newer
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import Extended, ScanFilter, ScanRequest, ValueFilter
from tests import values
from tests.bridge.router_api.client import ask, stream
from tests.bridge.router_api.faulted import served
from tests.bridge.router_api.recorded import SAMPLES, heard

# Which line wrote which of the recorded events, by what their sources say.
WROTE = {
    "third-party Qt demo": "1.3",
    "same readme": "1.3",
    "CassiaSDKGuide": "1.3",
    "bluetooth.tech debugger2": "1.4",
    "wiki RESTful-API (timestamp": "2.0.3",
    "wiki Integration Guide": "2.1.1",
    "wiki DFU guide": "2.1.1",
}
OPTIONAL = {"timestamp"}


def written(sample: dict[str, Any]) -> str | None:
    return next((line for start, line in WROTE.items() if sample["src"].startswith(start)), None)


OURS = [(sample["event"], line) for sample in SAMPLES if (line := written(sample))]


@pytest.mark.parametrize(("event", "firmware"), OURS)
def test_an_event_is_the_recorded_one_of_its_firmware(event: dict[str, Any], firmware: str) -> None:
    ours = json.loads(scan_event(heard(event), 0, PROFILES[firmware]).removeprefix(b"data: "))
    assert ours == {key: value for key, value in event.items() if key not in OPTIONAL}


def test_every_generation_is_there() -> None:
    assert {line for _, line in OURS} == {"1.3", "1.4", "2.0.3", "2.1.1"}  # of 2.2 no event was published


@pytest.mark.parametrize(
    ("event", "firmware"), [one for one in OURS if one[1] == "1.3" and next(iter(one[0])) == "name"]
)
def test_the_oldest_events_byte_for_byte(event: dict[str, Any], firmware: str) -> None:
    line = json.dumps(event, separators=(",", ":"))
    assert scan_event(heard(event), 0, PROFILES[firmware]) == f"data: {line}\n\n".encode()


@given(values.advertisements, st.sampled_from(sorted(PROFILES)))
def test_every_advertisement_is_one_line_of_json_in_each(ad: Any, firmware: str) -> None:
    line = scan_event(ad, 1, PROFILES[firmware])
    assert line.count(b"\n") == 2
    event = json.loads(line.removeprefix(b"data: "))
    assert ("evt_type" in event, "chipId" in event) == (firmware == "1.3", firmware in ("2.1.1", "2.2"))


def test_how_the_secondary_phy_is_spelt() -> None:
    ad = heard(SAMPLES[2]["event"])._replace(
        extended=Extended(primary_phy="1M", secondary_phy="2M", sid=0, connectable=True)
    )
    spelt = {name: {"secondryPhy", "secondaryPhy"} & json.loads(scan_event(ad, 0, one)[6:]).keys()
             for name, one in (("2.1.1", PROFILES["2.1.1"]), ("2.2", PROFILES["2.2"]), ("any", DEFAULT))}  # fmt: skip
    assert spelt == {"2.1.1": {"secondryPhy"}, "2.2": {"secondaryPhy"}, "any": {"secondryPhy", "secondaryPhy"}}


WORDS = [
    ("device not scan", "operation timeout", "operation timeout", "device not scan"),
    ("device not found", "device not connect", "device disconnect", "device not found"),
    ("ATT insufficient Encryption", "need pair operation", "need pair operation", "ATT insufficient Encryption"),
    ("memory alloc error", "memory alloc error", "memory alloc error", "memory alloc error"),
]


@pytest.mark.parametrize("words", WORDS)
def test_the_words_of_the_radios_router_are_those_of_the_firmware(words: tuple[str, ...]) -> None:
    said = Failure(kind=ErrorKind.OTHER_UNSPECIFIED, source="cassia.http500", message=words[0])
    assert tuple(PROFILES[name].text(said) for name in ("1.3", "1.4", "2.1.1")) == words[1:]


def test_one_stream_too_many_is_a_500_of_old_and_a_502_since() -> None:
    full = Failure(kind=ErrorKind.BUSY_CAPACITY)
    assert [refusal(full, one) for one in PROFILES.values()] == [(500, "no resources")] * 2 + [
        (502, "no resources")
    ] * 3


def test_what_2_2_calls_unsupported() -> None:
    assert PROFILES["2.2"].text(Failure(kind=ErrorKind.OP_UNSUPPORTED)) == "operation not support"


NEWER = {
    "chip": ["all"],
    "filter_mac": ["CC:DD*"],
    "filter_name": ["*x"],
    "filter_value": ['{"offset":"1","data":"02"}', '{"data":"02"}', '[{"offset":"1","data":"02"}]'],
    "filter_duplicates": ["1000"],
    "timestamp": ["1"],
    "report_interval": ["1000"],
    "phy": ["1M"],
    "connectable": ["1"],
    "beacon": ["1"],
}


@pytest.mark.parametrize("one", KNOWN, ids=lambda one: one.what)
def test_what_a_firmware_did_not_know_yet_is_refused_by_name(one: Any) -> None:
    asked = next({one.parameter: text} for text in NEWER[one.parameter] if one.newer(text))
    for profile in PROFILES.values():
        if profile.firmware < one.firmware:
            with pytest.raises(BleError) as refused:
                refuse_newer(asked, profile)
            assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
            assert f"firmware {profile.name} does not know" in refused.value.failure.detail
    refuse_newer(asked, DEFAULT)


def test_what_every_firmware_knows_is_never_refused() -> None:
    for text in ("0", "1", ""):
        refuse_newer({"event": "1", "active": text, "chip": text, "filter_rssi": "-70", "filter_duplicates": text},
                     PROFILES["1.3"])  # fmt: skip


EVERYTHING = ScanFilter(
    min_rssi=-70, addresses=("CC:DD*",), names=("*x",), uuids=("FFF0",), values=(ValueFilter(b"\x02"),),
    connectable=True, duplicates_ms=1000, phys=("1M",),
)  # fmt: skip


@pytest.mark.parametrize("firmware", PROFILES)
def test_our_client_asks_no_firmware_for_what_it_does_not_know(firmware: str) -> None:
    profile = PROFILES[firmware]
    query = scan_query(ScanRequest(filter=EVERYTHING), target={}, chip="0", firmware=profile.firmware)
    refuse_newer(query, profile)


def test_firmware_lines_stand_in_their_order() -> None:
    assert all(one.firmware < other.firmware for one, other in pairwise(PROFILES.values()))
    assert all(one.version.startswith(name) for name, one in PROFILES.items())
    assert replace(DEFAULT, secondary=("secondryPhy",), newest=False) == PROFILES["2.1.1"]


async def keeps_its_manners(firmware: str) -> None:
    old = firmware.startswith("1.")
    async with (
        served(firmware=firmware, speed=50.0) as it,
        stream(it.port, "/management/nodes/connection-state") as states,
    ):
        assert await states.block() == ("data: keep-alive" if firmware == "1.3" else ":keep-alive")
        newer = await ask(it.port, "/gap/nodes?event=1&beacon=1")
        refused = firmware in ("1.3", "1.4", "2.0.3")
        assert (newer.status, newer.body) == ((500, b"parameter invalid") if refused else (200, b""))
        pair, body = "/management/nodes/C0:DE:1A:B0:00:04/pair", b'{"type":"random","timeout":20000}'
        alone = await ask(it.port, pair, method="POST", body=body)
        assert (alone.status == 500) is old


async def test_keep_alives_refused_parameters_and_pairing_without_a_link() -> None:
    async with asyncio.TaskGroup() as tasks:
        for firmware in PROFILES:
            tasks.create_task(keeps_its_manners(firmware))


async def test_an_old_router_scans_with_its_first_chip_unless_told_otherwise() -> None:
    async with served(firmware="2.0.3") as old, served(firmware="2.1.1") as new:
        async with stream(new.port, "/gap/nodes?event=1") as scan:
            assert {event["chipId"] for event in await scan.events(50)} == {0, 1}
        async with stream(old.port, "/gap/nodes?event=1") as scan:
            assert await scan.events(3)
            chips = (await ask(old.port, "/cassia/info")).json["chipinfo"]
            assert [chip["scan_en"] for chip in chips.values()] == [1, 0]


@pytest.mark.parametrize("name", [*MODELS, "1x3"])
async def test_a_model_is_told_and_its_slots_are_obeyed(name: str) -> None:
    box = model(name)
    async with served(box=name, site="sim:lab?speed=50&devices=40") as it:
        info = (await ask(it.port, "/cassia/info")).json
        assert info["model"] == name
        assert [chip["max"] for chip in info["chipinfo"].values()] == [box.slots] * box.chips
        if box.slots > 5:
            return
        replies = [
            await ask(it.port, f"/gap/nodes/C0:DE:00:00:00:{n:02X}/connection?chip=0", method="POST",
                      body=b'{"type":"random"}')
            for n in range(1, box.slots + 2)
        ]  # fmt: skip
        # One slot is taken from the start: somebody else holds a device of the lab.
        assert [reply.body for reply in replies] == [b"OK"] * (box.slots - 1) + [b"no resources"] * 2


@given(st.text(max_size=12))
def test_any_model_is_known_or_refused(text: str) -> None:
    try:
        assert model(text).chips in (1, 2)
    except BleError as refused:
        assert refused.failure.kind is ErrorKind.REQUEST_INVALID
        assert "E1000" in refused.failure.detail


async def test_a_token_lives_its_hour_in_the_routers_time() -> None:
    secret, grant = "correct-horse-battery", b"grant_type=client_credentials"
    basic = {"Authorization": "Basic dXNlcjpjb3JyZWN0LWhvcnNlLWJhdHRlcnk="}
    async with served(speed=7200.0, token=secret) as it, asyncio.timeout(8):
        token = (await ask(it.port, "/oauth2/token", method="POST", headers=basic, body=grant)).json["access_token"]
        while (reply := await ask(it.port, f"/gap/nodes?access_token={token}")).status == 200:
            pass
        assert reply.json["error"] == "forbidden"
