"""`bletui scan` against a baseline, and a walk as lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bletui.cli.baseline import differs_line, parse, text_of
from bletui.cli.walking import Walk, trend_words, walk_line
from bletui.devices import DeviceStore
from bletui.devices.saved import Differs, Saved
from bletui.devices.trail import Steps
from bletui.model import Advertisement
from tests.cli.lab import FAST, Do, address

JSON = (Path(__file__).parents[2] / "docs" / "json.md").read_text()


def documented(schema: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", JSON.partition(f"## {schema}\n")[2].partition("\n## ")[0], re.MULTILINE))


def heard(n: int, rssi: int | None = -60, name: str | None = None, at: float = 1.0) -> Advertisement:
    return Advertisement(at, "a/hci0", f"C0:00:00:00:00:{n:02X}", "random", rssi, "ADV_IND", b"", name)


# -- the baseline


def test_what_is_saved_is_what_is_held_against_later(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    saved = do("scan", FAST, "--duration", "0.4", "--save-baseline", str(path))
    assert saved.code == 0
    assert not list(tmp_path.glob("*.new"))
    whole = json.loads(path.read_text())
    assert {one["name"] for one in whole["devices"]} >= {"thermometer", "vault"}
    whole["devices"] = [one for one in whole["devices"] if one["name"] != "vault"]
    whole["devices"][0]["name"] = "another"
    whole["devices"].append({"address": "AA:AA:AA:AA:AA:AA", "name": "\x1b[2Jold"})
    path.write_text(json.dumps(whole))
    said = do("scan", FAST, "--duration", "0.4", "--baseline", str(path))
    assert said.code == 0
    lines = sorted(said.out.splitlines())
    assert [line.split()[0] for line in lines] == ["changed", "gone", "new"]
    assert "name was another" in lines[0]
    assert "\\x1b[2Jold" in lines[1]
    assert "vault" in lines[2]
    told = do("scan", FAST, "--duration", "0.4", "--baseline", str(path), "--json")
    assert sorted(one["difference"] for one in told.data) == ["changed", "gone", "new"]
    assert all(set(one) - {"schema"} == documented("bletui.differs/1") for one in told.data)
    assert do("scan", FAST, "--duration", "0.4", "--baseline", str(path), "--exit-code").code == 1
    assert "--exit-code goes with --baseline" in do("scan", FAST, "--exit-code").err


def test_where_nothing_differs_the_exit_code_is_0(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    do("scan", FAST, "--duration", "0.4", "--filter", "name=vault", "--save-baseline", str(path))
    same = ("--baseline", str(path), "--filter", "name=vault", "--exit-code")
    said = do("scan", FAST, "--duration", "0.4", *same)
    assert (said.code, said.out) == (0, "")


def test_services_and_companies_that_came_or_went_are_named() -> None:
    before = Saved("A", "n", 0x004C, ("0000180f-0000-1000-8000-00805f9b34fb",))
    after = Saved("A", "n", None, ("0000180d-0000-1000-8000-00805f9b34fb",))
    line = differs_line(Differs("changed", before, after))
    assert "company was 0x004C Apple" in line
    assert "no longer 180F Battery" in line
    assert "now 180D Heart Rate" in line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no baseline"),
        ("[" * 100_000, "no baseline"),
        ("[]", "it is no bletui.baseline/1"),
        ('{"schema": "bletui.baseline/1", "devices": [7]}', "device 1: it is no object"),
        ('{"schema": "bletui.baseline/1", "devices": [{"address": "a"}, {}]}', "device 2: address is no text"),
        ('{"schema": "bletui.baseline/1", "devices": [{"address": "a", "company": -1}]}', "16 bits"),
        ('{"schema": "bletui.baseline/1", "devices": [{"address": "a", "services": {}}]}', "services is no list"),
    ],
)
def test_what_is_no_baseline_is_refused_before_the_radio_is_touched(
    do: Do, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "base.json"
    path.write_text(text)
    refused = do("scan", FAST, "--baseline", str(path))
    assert (refused.code, refused.out) == (2, "")
    assert words in refused.err
    assert "scanning" not in refused.err


@pytest.mark.parametrize(
    "words",
    [
        ("--save-baseline", "/nowhere/at/all"),
        ("--save-baseline", "/"),
        ("--baseline", "/nowhere/at/all"),
        ("--walk", "AA:BB:CC:DD:EE:FF", "--table"),
        ("--walk", "AA:BB:CC:DD:EE:FF", "--baseline", "x"),
        ("--walk", "a b"),
    ],
)
def test_what_can_not_be_done_is_said_at_once(do: Do, words: tuple[str, ...]) -> None:
    refused = do("scan", FAST, "--duration", "9", *words)
    assert (refused.code, refused.out) == (2, "")
    assert "scanning" not in refused.err


@given(st.binary(max_size=200))
def test_any_bytes_are_a_baseline_or_refused(data: bytes) -> None:
    try:
        assert isinstance(parse(data), dict)
    except ValueError as wrong:
        assert str(wrong)


@given(st.lists(st.tuples(st.integers(0, 255), st.none() | st.text(max_size=8)), max_size=8))
def test_what_is_written_is_read(devices: list[tuple[int, str | None]]) -> None:
    store = DeviceStore()
    store.update([heard(n, name=name) for n, name in devices])
    found = parse(text_of(store.devices.values(), 2.0).encode())
    assert {one.address: one.name for one in found.values()} == {
        device.address: device.name or None for device in store.devices.values()
    }


# -- the walk


def test_an_object_a_second_says_level_trend_and_lanes(do: Do) -> None:
    told = do("scan", FAST, "--walk", address("thermometer").lower(), "--count", "1", "--json")
    assert told.code == 0
    assert set(told.data[-1]) - {"schema"} == documented("bletui.walk/1")
    assert told.data[-1]["level"] < 0


def test_a_device_that_is_not_heard_is_a_time_out_and_is_told_of_all_the_same(do: Do) -> None:
    said = do("scan", FAST, "--walk", "AA:BB:CC:DD:EE:FF", "--duration", "1.3", "--json")
    assert (said.code, said.told[-1]["kind"]) == (4, "link.not-seen")
    assert [one["level"] for one in said.data] == [None]


def test_a_walk_follows_one_device_and_says_silence() -> None:
    store, walk = DeviceStore(), Walk("C0:00:00:00:00:01", json=False)
    assert walk.beat(0.0, 1.0, {}) == "not heard yet\n"
    for second in range(20):
        for report in (heard(1, -90 + second, at=float(second)), heard(2, -10, at=float(second))):
            store.update((report,))
            walk.heard(report, store.devices[report.address], {})
        line = walk.beat(float(second), float(second), {"a/hci0": "hci0"})
    assert line.startswith("-72 dBm  nearer +8 dB  hci0  min -90  mean -80  max -71  1.0/s")
    assert walk.counted == 20
    assert walk.beat(60.0, 60.0, {}) == "not heard for 41 s\n"
    assert walk.counted == 20


def test_words_of_a_trend() -> None:
    assert [trend_words(one) for one in (None, 1.0, 5.0, -5.0)] == [
        "listening", "steady", "nearer +5 dB", "farther -5 dB",
    ]  # fmt: skip
    assert walk_line(None, Steps(), 1.0, {}) == "not heard yet"
