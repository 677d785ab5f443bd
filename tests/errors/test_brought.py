"""A plug-in's own table of failures: known to `classify` and to `bletui explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bletui.__main__ import main
from bletui.errors import Native, classify, tables
from bletui.errors.brought import brought, brought_rows
from bletui.failure import ErrorKind

PLUGIN = """
from bletui.failure import ErrorKind
KINDS = {
    "slot  full": ErrorKind.BUSY_CAPACITY,
    "no answer from {device} in time": ErrorKind.LINK_CONNECT_TIMEOUT,
    "17": ErrorKind.GATT_NOT_PERMITTED,
}
WRONG = {"slot full": "busy.capacity"}
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "tabled_plugin.py").write_text(PLUGIN)
    info = tmp_path / "tabled_plugin-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tabled-plugin\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(
        "[bletui.errors]\nacme = tabled_plugin:KINDS\nwrong = tabled_plugin:WRONG\ngone = tabled_plugin:NOTHING\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    _forget()
    yield
    _forget()


def _forget() -> None:
    for cached in (brought, brought_rows, tables._load):
        cached.cache_clear()


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("native", "kind"),
    [
        (Native(source="acme", message="Slot full."), ErrorKind.BUSY_CAPACITY),
        (Native(source="acme", message="no answer from C0:FF in time"), ErrorKind.LINK_CONNECT_TIMEOUT),
        (Native(source="acme", code="0x11", message="whatever"), ErrorKind.GATT_NOT_PERMITTED),
        (Native(source="acme", message="odd"), ErrorKind.OTHER_UNSPECIFIED),
        (Native(source="wrong", message="slot full"), ErrorKind.OTHER_UNSPECIFIED),
        (Native(source="nobody", message="slot full"), ErrorKind.OTHER_UNSPECIFIED),
    ],
)
def test_a_gateways_words_are_classified_by_its_own_table(native: Native, kind: ErrorKind) -> None:
    failure = classify(native, backend="acme", operation="connect")
    assert failure.kind is kind
    assert failure.message == native.message


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("words", ["acme:slot full", "slot full", "acme:17", "E0602"])
def test_explain_knows_them(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", words]) == 0
    said = capsys.readouterr().out
    assert said.startswith("E0402 gatt.not-permitted" if words.endswith("17") else "E0602 busy.capacity")


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("words", "why"),
    [("wrong:slot full", "maps 'slot full' to 'busy.capacity'"), ("gone:slot full", "could not be loaded")],
)
def test_explain_says_whose_table_is_wrong(words: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", words]) == 70
    said = " ".join(capsys.readouterr().err.split())
    assert "tabled-plugin 1.2" in said
    assert why in said
