"""Structs of one's own and alerts on values, at the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.decode import lenses
from bletui.decode.lenses import Lenses
from tests.cli.conftest import Start
from tests.cli.lab import FAST, Do, address

THERMOMETER, HEART, UART = address("thermometer"), address("heart rate"), address("UART echo")
STRUCTS = """\
[structs.pair]
layout = "low: u8; high: u8 %"
attributes = ["2a6e"]

[structs.beat]
layout = "_flags: u8; pulse: u8 bpm"
"""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    lenses.adopt(Lenses())


@pytest.fixture
def structs(tmp_path: Path) -> Path:
    """Where the commands look for them; `do` has the configuration's folder there."""
    path = tmp_path / "xdg" / "bletui" / "structs.toml"
    path.parent.mkdir(parents=True)
    path.write_text(STRUCTS)
    return path


def test_a_struct_reads_the_type_that_it_is_for(do: Do, structs: Path) -> None:
    said = do("read", FAST, THERMOMETER, "2a6e", "--json")
    assert said.code == 0
    (one,) = said.data
    value = bytes.fromhex(one["value"])
    assert one["lens"] == "pair"
    assert one["meaning"] == f"low {value[0]}, high {value[1]} %"
    assert [reading["value"] for reading in one["readings"]] == list(value)


def test_as_takes_a_struct_by_name_or_a_layout_for_one_command(do: Do, structs: Path) -> None:
    said = do("read", FAST, THERMOMETER, "2a6e", "--as", "u16be")
    assert said.out.endswith(f" {int.from_bytes(bytes.fromhex(_bytes(said.out)), 'big')}\n")
    told = do("notify", FAST, HEART, "2a37", "--as", "beat", "--count", "1", "--json")
    assert (told.code, told.data[0]["lens"]) == (0, "beat")
    assert told.data[0]["meaning"] == f"pulse {bytes.fromhex(told.data[0]['value'])[1]} bpm"


def _bytes(out: str) -> str:
    return out.split("Temperature")[1].split("  ")[1]


@pytest.mark.parametrize(
    ("words", "said"), [("beet", "did you mean 'beat'?"), ("u8; zz", "field 2"), ("nothing like", "is no type")]
)
def test_what_as_can_not_mean_is_refused_before_the_radio_is_touched(
    do: Do, structs: Path, words: str, said: str
) -> None:
    refused = do("read", FAST, THERMOMETER, "2a6e", "--as", words)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert "connect" not in refused.err


def test_a_wrong_file_is_refused_with_its_line(do: Do, structs: Path) -> None:
    structs.write_text(STRUCTS.replace("u8 bpm", "u88 bpm"))
    refused = do("read", FAST, THERMOMETER, "2a6e")
    assert (refused.code, refused.out) == (2, "")
    assert "structs.toml:6:1: structs.beat.layout: field 2" in refused.err


def test_the_configuration_is_validated_with_its_structs(do: Do, structs: Path) -> None:
    assert do("config", "validate").code == 0
    structs.write_text(STRUCTS.replace("u8 bpm", "u88 bpm"))
    wrong = do("config", "validate")
    assert wrong.code == 2
    assert wrong.out.startswith(f"{structs}:6:1: error: structs.beat.layout: field 2")
    assert do("config", "validate", str(structs)).out == wrong.out


def test_a_wrong_file_stops_no_command_that_reads_nothing(do: Do, structs: Path) -> None:
    structs.write_text("[structs\n")
    assert do("queue", FAST).code == 0


def test_scan_reads_broadcasts_through_it(do: Do, structs: Path) -> None:
    structs.write_text(
        "[structs.own]\nlayout = 'frame: u8; rest: hex'\ncompanies = [0x004c]\nservice_data = ['fd6f']\n"
    )
    said = do("scan", "sim:crowd?devices=60&seed=7&rate=2000", "--table", "--duration", "0.2")
    assert len(re.findall(r"Apple, Inc\..* own frame \d+ rest [0-9a-f]+", said.out)) > 3
    assert "Exposure Notification" not in said.out


def test_an_alert_ends_it_and_a_field_may_be_named(do: Do, structs: Path) -> None:
    said = do("notify", FAST, HEART, "2a37", "--as", "beat", "--alert", "pulse>20", "--json")
    assert said.code == 0
    assert [one["schema"] for one in said.data] == ["bletui.notification/1", "bletui.alert/1"]
    assert said.data[1]["why"].startswith("pulse ")
    assert said.data[1]["rule"] == "pulse>20"
    words = do("notify", FAST, HEART, "2a37", "--alert", ">20")
    assert "\nALERT " in words.out
    assert words.out.endswith("Heart Rate Measurement\n")


def test_it_counts_alerts_where_a_count_is_given_and_one_that_stands_is_one(do: Do) -> None:
    changes = do("notify", FAST, HEART, "2a37", "--alert", "change", "--count", "2", "--json")
    assert [one["schema"] for one in changes.data].count("bletui.alert/1") == 2
    stands = do("notify", FAST, HEART, "2a37", "--alert", ">20", "--count", "2", "--duration", "0.3", "--json")
    assert (stands.code, stands.told[-1]["detail"]) == (4, "1 of 2 alerts within 0.3 s")


def test_no_alert_in_time_is_a_time_out_and_an_unknown_field_is_refused(do: Do) -> None:
    calm = do("notify", FAST, HEART, "2a37", "--alert", ">2000", "--duration", "0.3", "--json")
    assert (calm.code, calm.told[-1]["kind"]) == (4, "gatt.timeout")
    assert calm.told[-1]["detail"] == "0 of 1 alerts within 0.3 s"
    unknown = do("notify", FAST, HEART, "2a37", "--alert", "height>3")
    assert unknown.code == 2
    assert "the value has no number 'height'; it has " in unknown.err


@pytest.mark.parametrize("rule", ["", "x", "30..20"])
def test_what_is_no_rule_is_refused_before_the_radio_is_touched(do: Do, rule: str) -> None:
    refused = do("notify", FAST, HEART, "2a37", "--alert", rule)
    assert (refused.code, refused.out) == (2, "")


def test_a_change_is_taken_in_while_notifications_come_and_a_wrong_one_is_told(started: Start, structs: Path) -> None:
    config = structs.with_name("config.toml")
    config.write_text("")
    structs.write_text("[structs.first]\nlayout = '_: u8; pulse: u8'\nattributes = ['2a37']\n")
    process = started("notify", FAST, HEART, "2a37", "--json", "--config", str(config), "--duration", "30")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert json.loads(process.stdout.readline())["lens"] == "first"
        _replace(structs, structs.read_text().replace("first", "second"))
        lenses_of = (json.loads(line)["lens"] for line in process.stdout)
        assert next(name for name in lenses_of if name != "first") == "second"
        _replace(structs, "[structs.third]\n")
        told = (json.loads(line) for line in process.stderr)
        refused = next(one for one in told if one["schema"] == "bletui.failure/1")
        assert "structs.third.layout: a struct has a layout" in refused["detail"]
        assert next(lenses_of) == "second"
    finally:
        process.kill()
        process.communicate()


def _replace(path: Path, text: str) -> None:
    """As an editor does: another file in its place."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)
