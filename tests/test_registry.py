from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bletui import registry
from bletui.backend import Env
from bletui.failure import BleError, ErrorKind
from bletui.target import parse


def install(folder: Path, name: str, entry: str, code: str) -> None:
    """A distribution as pip would leave it: a module and its metadata."""
    (folder / f"{name}.py").write_text(code)
    info = folder / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[bletui.backends]\n{entry}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_the_built_in_schemes_are_listed_with_their_distribution() -> None:
    listed = {entry.scheme: entry.distribution for entry in registry.names()}
    assert {"sim", "cassia", "cassia+https", "local"} <= set(listed)
    assert set(listed.values()) == {"bletui"}


def test_listing_imports_no_plugin(site: Path) -> None:
    install(site, "bletui_acme", "acme = bletui_acme:open_target", "raise RuntimeError('imported')")
    entry = next(entry for entry in registry.names() if entry.scheme == "acme")
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
