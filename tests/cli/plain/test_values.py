"""Lenses, alerts, walks, baselines and the PHY, typed at the simulated lab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.backends.simulator.lab import address
from bletui.decode import lenses
from bletui.decode.lenses import Lenses
from bletui.testing.virtual_time import in_virtual_time
from tests.cli.lab import FAST, Do
from tests.cli.plain.typist import Typist, typist

LAB = "sim:lab?lanes=1"
HEART, THERMOMETER = address("heart rate"), address("thermometer")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    lenses.adopt(Lenses())


async def connected(desk: Typist, device: str) -> None:
    await desk.type(f"connect {device} --type random", "connected in")


@in_virtual_time
async def test_a_lens_reads_every_value_of_its_type_until_it_is_off() -> None:
    async with typist(LAB) as desk:
        await connected(desk, THERMOMETER)
        await desk.type(f"lens {THERMOMETER} 2a6e low: u8; high: u8 %", "2a6e Temperature: read as low: u8; high: u8 %")
        assert "low " in await desk.type(f"read {THERMOMETER} 2a6e", " %\n")
        await desk.type(f"lens {THERMOMETER} 2a6e off", "as before")
        await desk.type(f"read {THERMOMETER} 2a6e", "°C\n")
        await desk.type(f"lens {THERMOMETER} 2a6e nonsense", "no struct is called 'nonsense'")
        assert "low " in await desk.type(f"read {THERMOMETER} 2a6e --as 'low: u8; high: u8 %'", " %\n")


@in_virtual_time
async def test_an_alert_is_a_line_and_a_bell_and_is_listed_and_removed() -> None:
    async with typist(LAB) as desk:
        await connected(desk, HEART)
        await desk.type("alert", "0 watched")
        await desk.type(f"alert {HEART} 2a37 change", "alerts when any byte changes; notify turns on what it sends")
        await desk.type(f"notify {HEART} 2a37", "  ALERT changed  0x0017 Heart Rate Measurement\n", "\a")
        await desk.type("alert", "change", "x  ", "1 watched")
        await desk.type(f"alert {HEART} 2a37 off", "no alert")
        await desk.type("alert", "0 watched")
        await desk.type(f"alert {HEART} 2a37 30..20", "30 is over 20")
        await desk.type(f"alert {HEART}", "alert DEVICE ATTRIBUTE RULE")


@in_virtual_time
async def test_a_walk_tells_once_a_second_until_it_is_off() -> None:
    async with typist(LAB) as desk:
        await desk.until(lambda: " new: " in desk.paper.said)
        await desk.type(f"walk {THERMOMETER}", "walk: #", " dBm  listening  hci0")
        await desk.desk.until(lambda: None, 10.0)
        assert 9 <= desk.since.count(" dBm  ") <= 12
        await desk.type("walk off", "walk: off")
        await desk.desk.until(lambda: None, 5.0)
        assert " dBm  " not in desk.since


@in_virtual_time
async def test_a_baseline_is_taken_shown_and_dropped() -> None:
    async with typist(LAB) as desk:
        await desk.type("baseline", "there is no baseline")
        await desk.desk.until(lambda: None, 20.0)  # everybody has been heard
        await desk.type("baseline on", "baseline: 1")
        await desk.type("scan off", "scan: off")
        await desk.type("baseline", "nothing differs")
        await desk.desk.until(lambda: None, 60.0)
        said = await desk.type("baseline show", " gone\n")
        assert "  gone  " in said
        assert "thermometer" in said
        await desk.type("baseline off", "baseline: off")


@in_virtual_time
async def test_a_phy_is_asked_for() -> None:
    async with typist(LAB) as desk:
        await connected(desk, address("counter"))
        await desk.type(f"phy {address('counter')} tx=CODED", "PHY CODED/1M\n")
        await desk.type(f"phy {address('counter')} 3M", "a PHY is 1M, 2M or CODED")


def test_the_file_of_structs_is_told_of_where_it_is_wrong_and_counts_where_it_is_right(do: Do, tmp_path: Path) -> None:
    path = tmp_path / "xdg" / "bletui" / "structs.toml"
    path.parent.mkdir(parents=True)
    path.write_text("[structs.two]\nlayout = 'low: u8; high: u8 %'\nattributes = ['2a6e']\n")
    typed = f"connect {THERMOMETER}\nread {THERMOMETER} 2a6e\n"
    said = do("--plain", FAST, stdin=typed)
    assert said.code == 0
    assert "Temperature  " in said.out
    assert " %\n" in said.out
    path.write_text("[structs.two]\nlayout = 'low: u'\n")
    refused = do("--plain", FAST, stdin="wait 0.3\n")
    assert "structs.toml:2:1: structs.two.layout: field 1: 'u' is no type" in refused.out
    assert "what was in force before stays" in refused.out
