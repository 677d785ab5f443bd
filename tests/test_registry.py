from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from bletui_template import ADDRESS

from bletui import installed, registry
from bletui.__main__ import main
from bletui.backend import Env
from bletui.failure import BleError, ErrorKind
from bletui.model import Connect, ScanRequest
from bletui.session import Session
from bletui.target import parse
from bletui.testing.virtual_time import clock, in_virtual_time
from tests.distribution import install


def heard(session: Session) -> int:
    return sum(device.count for device in session.store.devices.values())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_the_built_in_schemes_are_listed_with_their_distribution() -> None:
    listed = {entry.scheme: entry.distribution for entry in installed.names()}
    assert {"sim", "cassia", "cassia+https", "local"} <= set(listed)
    assert set(listed.values()) == {"bletui"}


def test_plugins_are_what_other_packages_bring(site: Path) -> None:
    assert installed.plugins() == ()
    install(site, "bletui_acme", "acme = bletui_acme:open_target", "")
    assert [entry.scheme for entry in installed.plugins()] == ["acme"]


def test_the_shell_completes_a_plugins_scheme(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(site, "bletui_acme", "acme = bletui_acme:open_target", "raise RuntimeError('imported')")
    assert main(["completion", "words", "bletui scan ac"]) == 0
    assert capsys.readouterr().out == "acme:\tbletui_acme 1.2\n"


def test_listing_imports_no_plugin(site: Path) -> None:
    install(site, "bletui_acme", "acme = bletui_acme:open_target", "raise RuntimeError('imported')")
    entry = next(entry for entry in installed.names() if entry.scheme == "acme")
    assert (entry.distribution, entry.version) == ("bletui_acme", "1.2")
    assert "bletui_acme" not in sys.modules


def test_a_plugin_that_does_not_import_is_named(site: Path) -> None:
    install(site, "bletui_broken", "broken = bletui_broken:open_target", "raise RuntimeError('no driver \\x1b[2J')")
    with pytest.raises(BleError) as refused:
        registry.backend(parse("broken:"), Env("x"))
    failure = refused.value.failure
    assert failure.kind is ErrorKind.INTERNAL_BUG
    assert "bletui_broken 1.2" in failure.detail
    assert "no driver" in failure.message


def test_a_plugin_that_exits_on_import_is_named(site: Path) -> None:
    install(site, "bletui_exits", "exits = bletui_exits:open_target", "raise SystemExit(3)")
    with pytest.raises(BleError) as refused:
        registry.backend(parse("exits:"), Env("x"))
    assert ("plugin", "bletui_exits 1.2") in refused.value.failure.evidence


def test_an_entry_point_to_nothing_is_named(site: Path) -> None:
    install(site, "bletui_empty", "empty = bletui_empty:open_target", "")
    with pytest.raises(BleError) as refused:
        registry.backend(parse("empty:"), Env("x"))
    assert "bletui_empty 1.2: bletui_empty:open_target could not be loaded" in refused.value.failure.detail


def test_a_scheme_that_two_packages_bring_is_nobodys(site: Path) -> None:
    install(site, "aaa_sim", "sim = aaa_sim:open_target", "raise RuntimeError('imported')")
    with pytest.raises(BleError) as refused:
        registry.backend(parse("sim:"), Env("x"))
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert "aaa_sim 1.2" in refused.value.failure.detail
    assert "bletui" in refused.value.failure.detail


@in_virtual_time
async def test_a_plugin_that_breaks_does_not_end_its_neighbours(site: Path) -> None:
    code = (
        "from bletui_template import Template\n"
        "class Breaks(Template):\n"
        "    async def connect(self, address, **how): raise KeyError('gateway')\n"
        "    def scan(self, request): self._emit(['no event'])\n"
        "def open_target(target, env): return Breaks(env)\n"
    )
    install(site, "bletui_breaks", "breaks = bletui_breaks:open_target", code)
    env = Env("", clock=clock())
    async with Session([parse("breaks:"), parse("sim:lab")], clock=env.clock, env=env) as session:
        await session.scan(ScanRequest())
        await asyncio.sleep(5)
        seat = session.radios["breaks"].attachment
        assert seat is not None
        with pytest.raises(BleError) as failed:
            await seat.perform(Connect(ADDRESS, "breaks/0", "random"))
        assert "bletui_breaks 1.2: connect let KeyError out" in failed.value.failure.detail
        assert any("emit was given what is dropped" in failure.detail for failure in session.problems())
        before = heard(session)
        await asyncio.sleep(5)
        assert heard(session) > before > 0


def test_an_unknown_scheme_says_what_is_installed_and_what_is_near() -> None:
    with pytest.raises(BleError) as refused:
        registry.backend(parse("casia://10.0.0.7"), Env("x"))
    assert refused.value.failure.kind is ErrorKind.REQUEST_INVALID
    assert "did you mean cassia:" in refused.value.failure.detail
    assert "sim" in refused.value.failure.detail


async def test_a_plugin_opens_like_a_built_in_one(site: Path) -> None:
    code = "from tests.tiny import TinyBackend\ndef open_target(target, env):\n    return TinyBackend()\n"
    install(site, "bletui_tiny", "tiny = bletui_tiny:open_target", code)
    radio = await registry.open_radio(parse("tiny:"), Env("tiny"))
    assert radio.name == "tiny"
    await radio.aclose()
