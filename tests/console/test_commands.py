"""Every command once: no clashes, nothing undeclared, nothing unbound, and the page in step."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bletui.console.app import Console
from bletui.console.cards import COMMANDS as REMEDIES
from bletui.console.columns import COLUMNS
from bletui.console.commands import BY_ID, COMMANDS, FOCUS, action_of, footer, key_name, of
from bletui.console.keys import TITLES, page
from bletui.console.leaving import LeaveDialogue
from bletui.console.screens.choosing import ChoiceDialogue
from bletui.console.screens.copying import CopyDialogue
from bletui.console.screens.dialogue import Dialogue, Field, NoticeDialogue, YesNoDialogue
from bletui.console.screens.help import KEYS, LABELS, HelpScreen, help_lines
from bletui.console.screens.scan import ScanScreen
from bletui.console.screens.walk import WalkScreen
from bletui.console.spans import width
from bletui.console.widgets.alert_keys import AlertKeys
from bletui.console.widgets.details_pane import DetailsPane
from bletui.console.widgets.device_table import DeviceTable
from bletui.console.widgets.failures import FailureLines
from bletui.console.widgets.filter_input import FilterInput
from bletui.console.widgets.link_keys import LinkKeys
from bletui.console.widgets.log_keys import LogKeys
from bletui.console.widgets.problem_keys import ProblemKeys
from bletui.console.widgets.sort_bar import LETTERS, SortBar
from bletui.console.widgets.tree_keys import TreeKeys
from bletui.errors.actions import ACTIONS

OWNERS: dict[str, type] = {
    "app": Console,
    "scan": ScanScreen,
    "list": DeviceTable,
    "details": DetailsPane,
    "filter": FilterInput,
    "sort": SortBar,
    "walk": WalkScreen,
    "alerts": AlertKeys,
    "log": LogKeys,
    "links": LinkKeys,
    "tree": TreeKeys,
    "field": Field,
    "question": YesNoDialogue,
    "leave": LeaveDialogue,
    "choice": ChoiceDialogue,
    "notice": NoticeDialogue,
    "dialogue": Dialogue,
    "copy": CopyDialogue,
    "card": FailureLines,
    "problems": ProblemKeys,
    "help": HelpScreen,
}


def test_the_page_is_in_step() -> None:
    kept = (Path(__file__).parents[2] / "docs" / "keys.md").read_text()
    assert page() == kept, "run `make docs`"
    assert set(TITLES) == {command.place for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_command_has_an_action_where_it_belongs(command: object) -> None:
    name = action_of(command).partition("(")[0]  # type: ignore[arg-type]
    assert hasattr(OWNERS[command.place], f"action_{name}")  # type: ignore[attr-defined]


def test_ids_are_unique_and_a_place_gives_each_key_one_meaning() -> None:
    assert len(BY_ID) == len(COMMANDS)
    for place in {command.place for command in COMMANDS}:
        keys = Counter(key for command in of(place) for key in command.keys)
        assert max(keys.values()) == 1, (place, keys)


def test_only_these_keys_are_taken_from_an_outer_place() -> None:
    taken = set()
    for focus, places in FOCUS.items():
        seen: set[str] = set()
        for place in places:
            keys = {key for command in of(place) for key in command.keys}
            taken |= {(focus, key) for key in keys & seen}
            seen |= keys
    assert taken == {
        ("details", "enter"),
        ("links", "escape"),
        ("links", "enter"),
        ("links", "u"),  # the bond under the cursor, else that of what failed there; so does p
        ("links", "p"),
        ("tree", "p"),
        ("tree", "enter"),
        ("tree", "escape"),
    }


def test_no_key_is_a_multiplexers_prefix_or_means_another_on_an_old_terminal() -> None:
    keys = {key for command in COMMANDS for key in command.keys}
    assert not keys & {"ctrl+a", "ctrl+b", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s"}
    assert not any(key.startswith("alt+") for key in keys)
    for command in COMMANDS:
        assert any(not key.startswith("f") or len(key) == 1 for key in command.keys)


def test_the_footer_names_six_keys_at_most_and_fits() -> None:
    for places in FOCUS.values():
        commands = footer(places)
        assert 2 <= len(commands) <= 6
        assert sum(len(f" {c.shown_key} {c.label} ") for c in commands) <= 80


def test_help_fits_eighty_columns_and_keeps_its_own_apart() -> None:
    for focus in FOCUS:
        assert all(width(line) <= 80 for line in help_lines(focus, 80, "-"))
    for command in COMMANDS:
        assert len(" ".join(key_name(key) for key in command.keys)) < KEYS
        assert len(command.label) < LABELS


def test_sort_letters_are_unique_and_leave_the_bars_own_keys_alone() -> None:
    assert len(LETTERS) == len([column for column in COLUMNS if column.letter])
    assert not set(LETTERS) & {key for command in of("sort") for key in command.keys}


def test_each_action_has_a_key_where_a_card_shows_it() -> None:
    assert set(REMEDIES) == set(ACTIONS)
    reached = {command for place in FOCUS["card"] for command in of(place)}
    assert {BY_ID[name] for name in REMEDIES.values()} <= reached
