"""The configuration in plain mode: own names, keys of sealed broadcasts, and reading it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bletui.cli.configured import Configuration
from bletui.cli.plain.deeds.configuring import unseal
from bletui.config.file import Config, load
from bletui.decode import names
from bletui.testing.virtual_time import in_virtual_time
from tests.cli.lab import address
from tests.cli.plain.typist import typist

DEVICE = address("thermometer")


@pytest.fixture(autouse=True)
def own_uuids() -> Iterator[None]:
    yield
    names.adopt({})


@dataclass
class File:
    path: Path

    def read(self) -> Configuration:
        return Configuration(load(self.path, needed=False), {})

    def put(self, text: str) -> None:
        self.path.write_text(text)


@in_virtual_time
async def test_it_is_read_again_and_a_wrong_one_changes_nothing(tmp_path: Path) -> None:
    file = File(tmp_path / "config.toml")
    async with typist("sim:lab") as desk:
        await desk.type("reload", "there is no configuration to read again")
        desk.desk.read_again = file.read
        file.put(f'limit = 7\n[names.addresses]\n"{DEVICE}" = "Bench board"\n[names.uuids]\n2a19 = "Charge"\n')
        await desk.type("reload", "the configuration was read again")
        assert desk.desk.limit == 7.0
        await desk.type('connect "bench board"', f"connect Bench board {DEVICE}: connected")
        await desk.type('read "bench board" charge', "Charge")
        await desk.type('disconnect "Bench board"', f"{DEVICE} Bench board: disconnected")
        file.put('[targets.a]\nurl = "cassia+https://h"\nca = "none.pem"\n')
        await desk.type("reload", "warning: ", "config.toml:3:1: targets.a.ca: there is no file", "read again")
        file.put(f'[names.addresses]\n"{DEVICE}" = "Bench board"\n')
        await desk.type("reload", "the configuration was read again")
        file.put("thme = 1")
        await desk.type("reload", "E1301", "config.toml:1:1: thme")
        assert desk.desk.session.store.called(DEVICE) == "Bench board"
        file.put("")
        await desk.type("reload", "the configuration was read again")
        assert desk.desk.session.store.own_name(DEVICE) is None


@in_virtual_time
async def test_where_no_target_was_named_it_says_what_there_is_once_the_radio_fails() -> None:
    async with typist("sim:lab?fault=lane:off[hci0]") as desk:
        desk.desk.found = lambda lanes: [("adapters", ", ".join(lanes)), ("bridge", "none \x1b[2J")]
        await desk.until(lambda: "open sim: opens a simulated site" in desk.paper.said)
        assert "adapters: hci0, " in desk.paper.said
        assert "bridge: none \\x1b[2J" in desk.paper.said
        await desk.type("wait 3")
        assert desk.paper.said.count("open sim:") == 1


@in_virtual_time
async def test_a_key_that_cannot_be_had_is_told_and_the_rest_is_there() -> None:
    key = "231d39c1d7cc1ab1aee224cd096db932"
    config = Config(keys={"54:48:E6:8F:80:A5": "BATH", DEVICE: "LOST"})
    async with typist("sim:lab") as desk:
        desk.desk.go_by(Configuration(config, {"BLETUI_SECRET_BATH": key}))
        await unseal(desk.desk)
        await desk.until(lambda: "no credential named 'LOST'" in desk.paper.said)
        assert list(desk.desk.session.store._known.keys) == ["54:48:E6:8F:80:A5"]
        assert key not in desk.paper.said
