"""`bletui backends check`: every promise with its verdict, whatever the backend does instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bletui.__main__ import main
from bletui.backends.simulator.lab import address
from bletui.testing.contract import CHECKS

COUNTER = address("counter")
PLUGIN = """
import asyncio
from bletui_template import Template

class Broken(Template):
    async def read(self, peer, handle, *, within):
        return {}["value"]
    def scan(self, request):
        self._emit(["scanning"])

class Waits(Template):
    async def open(self, emit):
        await asyncio.sleep(60)

def open_target(target, env):
    return {"": Template, "broken": Broken, "waits": Waits}[target.name](env)
"""


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "checked_plugin.py").write_text(PLUGIN)
    info = tmp_path / "checked_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: checked-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[bletui.backends]\nchecked = checked_plugin:open_target\n")
    monkeypatch.syspath_prepend(str(tmp_path))


def checked(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, dict[str, str]]]:
    code = main(["backends", "check", *words, "--json"])
    return code, {one["name"]: one for one in map(json.loads, capfd.readouterr().out.splitlines())}


def test_a_backend_that_keeps_all_of_them(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("--device", COUNTER.lower(), "--writable", "device name", "--notifying", "0x1a")
    code, told = checked(capfd, "sim:lab?speed=50", *words)
    assert code == 0
    assert {name: one["state"] for name, one in told.items()} == {check.name: "ok" for check in CHECKS}


def test_without_a_device_no_link_is_made(capfd: pytest.CaptureFixture[str]) -> None:
    code, told = checked(capfd, "checked:")
    assert code == 0
    assert told["scanning-hears"]["state"] == "ok"
    assert told["reading"]["state"] == "skipped"
    assert told["reading"]["evidence"] == "the subject names no device and no readable"


def test_broken_promises_are_named_with_how(capfd: pytest.CaptureFixture[str]) -> None:
    code, told = checked(capfd, "checked:broken", "--device", "C0:FF:EE:00:00:01", "--patience", "0.2")
    assert code == 1
    assert told["what-is-told-is-of-the-port"]["evidence"] == "within 0.2 s there was no fourth batch of events"
    assert "KeyError: 'value'" in told["reading"]["evidence"]
    assert "checked_plugin.py:7" in told["reading"]["evidence"]
    assert told["open-is-quick"]["state"] == "ok"


def test_a_backend_that_does_not_open_breaks_one_after_the_other(capfd: pytest.CaptureFixture[str]) -> None:
    code = main(["backends", "check", "checked:waits", "--patience", "0.05"])
    said = capfd.readouterr()
    assert code == 1
    assert "  fail     open-is-quick                      open() had not ended after 0.05 s" in said.out
    assert "1 promises kept" in said.err


def test_attributes_can_only_be_named_of_a_table_that_can_be_had(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("--device", "C0:FF:EE:00:00:01", "--patience", "0.05", "--readable", "3")
    assert main(["backends", "check", "checked:waits", *words]) == 2
    assert "the table of C0:FF:EE:00:00:01 could not be had" in capfd.readouterr().err


def test_a_scheme_that_nobody_brings_is_wrong_usage(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["backends", "check", "chekced:"]) == 2
    assert "did you mean checked: ?" in capfd.readouterr().err
