"""`docs/messages.md` is what a client in another language is written from: it is in step, and it tells the bytes."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given

from bletui.bridge.protocol.page import page
from bletui.model import Event, Request
from bletui.wire.schema import codec_of
from tests import values


def tables() -> dict[str, list[tuple[str, str]]]:
    """Each value's fields and their defaults, in the page's order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for section in page().split("\n### ")[1:]:
        rows = re.findall(r"^\| (\d+) \| `(\w+)` \| .* \| ([^|]*) \| [^|]* \|$", section, re.MULTILINE)
        assert [int(n) for n, _, _ in rows] == list(range(len(rows)))
        found[section.split(maxsplit=1)[0]] = [(name, default) for _, name, default in rows]
    return found


TABLES = tables()


def test_the_page_is_in_step() -> None:
    kept = (Path(__file__).parents[3] / "docs" / "messages.md").read_text()
    assert page() == kept, "run `make docs`"


@given(values.states | values.notifications | values.requests)
def test_a_value_is_the_list_that_its_table_shows(value: Event | Request) -> None:
    kind: type = type(value)
    plain, rows = codec_of(kind).plain(value), TABLES[kind.__name__]
    assert len(plain) <= len(rows)
    for item, (name, _) in zip(plain, rows, strict=False):
        told = getattr(value, name)
        if told is None or isinstance(told, str | int | float | bytes):
            assert item == told
    assert all(default for _, default in rows[len(plain) :]), "only fields that have a default are left out"


def test_every_value_that_a_table_names_has_a_table_of_its_own() -> None:
    text = page()
    anchors = {heading.split()[0].lower() for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= anchors
    assert {"Connect", "Write", "LinkChanged", "Failure", "Lane", "Characteristic", "SeatTaken"} <= set(TABLES)


def test_nothing_of_python_is_left() -> None:
    assert "None" not in page()
