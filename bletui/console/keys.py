"""`docs/keys.md`, written from the command table: `python -m bletui.console.keys docs/keys.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bletui.console.columns import COLUMNS
from bletui.console.commands import COMMANDS, key_name

TITLES = {
    "app": "Everywhere",
    "scan": "Scan",
    "list": "Moving in lists",
    "details": "Details",
    "filter": "While a filter is typed",
    "sort": "While a column is chosen",
    "walk": "Walk",
    "links": "Connections",
    "tree": "GATT",
    "alerts": "Alerts",
    "log": "Log",
    "problems": "Problems",
    "card": "Failures (where one stands, and in Problems)",
    "field": "While something is typed",
    "question": "While a question waits",
    "leave": "While leaving is asked about",
    "choice": "While a list is chosen from",
    "copy": "While something is copied",
    "notice": "While a passkey is shown",
    "dialogue": "In every dialogue",
    "help": "Help",
}


def page() -> str:
    """The page's Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Keys"
    yield ""
    yield "Written from `bletui/console/commands.py` by `make docs`. No function key, alt chord or mouse is ever the"
    yield "only way. An inner place (the details, a text field) may take a key from an outer one. The configuration's"
    yield "`[keymap]` gives commands other keys, by their ids ([config.md](config.md)); those of texts and dialogues"
    yield "are fixed."
    for place, title in TITLES.items():
        yield from ("", f"## {title}", "", "| key | command | what it does | id |", "|---|---|---|---|")
        for command in COMMANDS:
            if command.place == place:
                keys = " ".join(f"`{key_name(key)}`" for key in command.keys)
                yield f"| {keys} | {command.label} | {command.help} | `{command.id}` |"
    yield from _roles()
    yield from (
        "",
        "## Columns",
        "",
        "Sorted with `s` and the letter; the same letter again turns the order round.",
        "Where there are several lanes, a digit sorts by the RSSI of one.",
        "",
    )
    yield from ("| letter | column | what it shows |", "|---|---|---|")
    for column in COLUMNS:
        letter = f"`{column.letter}`" if column.letter else ""
        yield f"| {letter} | {column.title} | {column.help} |"


def _roles() -> Iterator[str]:
    yield from (
        "",
        "## What a role or a lane may bar",
        "",
        "Where the seat at the radio has a lesser role (a bridge's reader or viewer, `--read-only`), these are in",
        "parentheses in footer, help and palette; pressed, they say why and what helps. The radio refuses them anyway.",
        "",
        "| needs | commands |",
        "|---|---|",
    )
    for role in ("reader", "operator"):
        yield f"| {role} | {', '.join(f'`{command.id}`' for command in COMMANDS if command.needs == role)} |"
    yield from (
        "",
        "What the lane under the cursor can't do, or no lane can where any would do, is marked in the same way,",
        "and says the lane's own reason: a link's signal and PHY under BlueZ, bonds at a router.",
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
