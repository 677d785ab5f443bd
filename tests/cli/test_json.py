"""docs/json.md and the objects themselves say the same."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bletui.__main__ import main
from bletui.bridge.protocol.messages import SeatTaken, Status
from bletui.cli.bridgeverbs import seat_object, status_object
from bletui.cli.records import (
    advertisement_object,
    failure_object,
    lane_down_object,
    lane_object,
    rung_object,
    shed_object,
    stream_object,
)
from bletui.failure import ErrorKind, Failure
from bletui.model import AdvertisedFields, Advertisement, Extended, Lane, LaneDown, Peer, Rung, Shed, StreamChanged

DOCS = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
REFUSED = Failure(kind=ErrorKind.NET_REFUSED, message="Connection refused\x1b[2J")
FULL = Failure(
    kind=ErrorKind.NET_REFUSED, source="a", code="b", message="c", detail="d", operation="e", radio="f", lane="g",
    router="h", address="i", handle=1, uuid="j", attempt=2, elapsed=0.5, at=3.0, causes=("k",), status=500, body="l",
    outcome_unknown=True, already_done=True, retry_after=4.0, retry="never", evidence=(("m", "n"),),
)  # fmt: skip
HEARD = Advertisement(
    1.0000001, "x/hci0", "AA:BB:CC:DD:EE:FF", "random", -60, "ADV_IND", b"\x02\x01\x06", None,
    AdvertisedFields(manufacturer={0x4C: b"\x01"}, service_data={"u": b"\x02"}, service_uuids=("v",), tx_power=3),
    Extended(sid=1),
)  # fmt: skip


def documented(schema: str) -> set[str]:
    section = DOCS.partition(f"## {schema}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def produced() -> dict[str, dict[str, Any]]:
    found = [
        advertisement_object(HEARD, "name", 0x4C),
        shed_object(Shed(1.0, None, "advertisements", 3)),
        lane_object("x", 1.0, Lane("x/hci0", usable=REFUSED)),
        stream_object("x", StreamChanged(1.0, None, "scan", "broken", REFUSED, 2.0)),
        failure_object(FULL),
        rung_object("x:", Rung("TCP", "fail", "refused", REFUSED)),
        status_object(Status("desk", "bletui", 7, 1.0, "e", 3, ("desk.sim",), ("bridge.sock",), (("clients", 1),))),
        seat_object(SeatTaken("me", "operator", "root", None, 1.0, (Peer("x/hci0", "A"),))),
    ]
    return {one["schema"]: one for one in found}


@pytest.mark.parametrize("schema", sorted(produced()))
def test_keys_are_those_documented(schema: str) -> None:
    assert set(produced()[schema]) - {"schema"} == documented(schema)


def test_every_field_of_a_failure_reaches_the_object() -> None:
    told = failure_object(FULL)
    flat = {**told, **told["native"]}
    assert {field.name for field in fields(Failure)} - set(flat) == set()


@pytest.mark.parametrize(
    "argv",
    [
        ["backends"],
        ["backends", "check", "sim:lab?speed=50"],
        ["doctor", "sim:"],
        ["explain", "E0601"],
        ["scan", "sim:", "--count", "3"],
        ["scan", "no:"],
    ],
    ids=" ".join,
)
def test_what_commands_print_is_documented(argv: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    main([*argv, "--json"])
    said = capfd.readouterr()
    lines = [*said.out.splitlines(), *said.err.splitlines()]
    assert lines
    for line in lines:
        assert line.isascii()
        one = json.loads(line)
        schema = one.pop("schema")
        known = documented(schema)
        assert known, f"{schema} is not documented"
        optional = {field.name for field in fields(Failure)} if schema == "bletui.failure/1" else set()
        assert set(one) <= known
        assert known - set(one) <= optional | {"line", "count", "words"}


def test_nested_objects_keep_their_keys() -> None:
    told = advertisement_object(HEARD, "name", 0x4C)
    assert told["fields"] == {
        "manufacturer": {"004c": "01"}, "service_data": {"u": "02"}, "service_uuids": ["v"], "tx_power": 3,
    }  # fmt: skip
    for key in told["extended"]:
        assert f"`{key}`" in DOCS


def test_a_lane_that_is_gone_says_why() -> None:
    told = lane_down_object("x", LaneDown(1.0, "x/hci0", REFUSED))
    assert (told["usable"], told["failure"]["kind"]) == (False, "net.refused")
