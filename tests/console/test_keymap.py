"""A person's own keys: what fits is taken, what clashes is refused by name, what may not arrive is warned of."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from bletui.config.file import Refused, parse
from bletui.console import commands
from bletui.console.commands import BY_ID, COMMANDS, FOCUS, bindings, footer
from bletui.console.keymap import FIXED, INTERRUPT, KEYS, canonical, findings, key_of, remapped
from bletui.console.screens.help import help_lines
from bletui.console.spans import words


@pytest.fixture
def remap() -> Iterator[Callable[[Mapping[str, tuple[str, ...]]], None]]:
    """`commands.remap` for one test: the table is the process's."""
    kept = dict(BY_ID)
    yield lambda keymap: commands.remap(remapped(keymap))
    BY_ID.update(kept)


def told(**keymap: tuple[str, ...]) -> list[tuple[str, bool]]:
    found = findings({name.replace("__", "."): keys for name, keys in keymap.items()})
    return [(finding.words, finding.warning) for finding in found]


@pytest.mark.parametrize("char", string.printable.strip())
def test_a_character_is_called_as_textual_calls_it(char: str) -> None:
    assert key_of(char) == _character_to_key(char)


def test_every_key_of_the_table_is_known() -> None:
    assert {key for command in COMMANDS for key in command.keys} <= KEYS


@pytest.mark.parametrize(
    ("written", "key"),
    [("/", "slash"), ("?", "question_mark"), ("G", "G"), ("Esc", "escape"), ("Ctrl-F", "ctrl+f"), (" ", "space"),
     ("PgUp", "pageup"), ("F2", "f2"), ("-", "minus"), ("+", "plus"), ("é", "é")],
)  # fmt: skip
def test_keys_may_be_written_as_people_write_them(written: str, key: str) -> None:
    assert canonical(written) == key


def test_the_tables_own_keys_fit_themselves() -> None:
    own = {c.id: c.keys for c in COMMANDS if c.place not in FIXED and c.id != INTERRUPT}
    assert [finding for finding in findings(own) if not finding.warning] == []


@pytest.mark.parametrize(
    ("name", "keys", "words"),
    [
        ("scan.fitler", ("f",), "did you mean 'scan.filter'?"),
        ("x.y", ("f",), "docs/keys.md"),
        ("scan.filter", ("q",), "q is Quit (app.quit) there"),
        ("scan.filter", ("f", "j"), "j is Down (list.down) there"),
        ("app.quit", ("s",), "s is Sort (scan.sort) there"),
        ("list.up", ("Enter",), "enter is Details (scan.details) there"),
        ("scan.filter", ("ctrl+c",), "ctrl+c always interrupts"),
        ("scan.filter", ("slsh",), "did you mean 'slash'?"),
        ("scan.filter", ("\x1b",), "no key"),
        ("app.interrupt", ("x",), "are fixed"),
        ("question.accept", ("j",), "are fixed"),
        ("filter.accept", ("j",), "are fixed"),
    ],
)
def test_what_cannot_work_is_refused(name: str, keys: tuple[str, ...], words: str) -> None:
    assert any(words in finding.words and not finding.warning for finding in findings({name: keys}))


def test_two_commands_may_change_their_keys_with_each_other() -> None:
    assert told(scan__filter=("s",), scan__sort=("slash",)) == []
    assert [words for words, _ in told(scan__filter=("f",), scan__sort=("f",))] == [
        "f is Sort (scan.sort) there: give one of them another key"
    ]


@pytest.mark.parametrize(
    ("key", "words"),
    [("ctrl+b", "tmux"), ("ctrl+a", "screen"), ("ctrl+s", "flow control"), ("ctrl+m", "enter"), ("alt+x", "two keys")],
)
def test_what_may_not_arrive_is_taken_with_a_warning(key: str, words: str) -> None:
    (found,) = findings({"scan.filter": ("slash", key)})
    assert found.warning
    assert words in found.words
    assert found.path == ("keymap", "scan.filter", 1)


def test_function_keys_alone_are_taken_with_a_warning() -> None:
    assert [warning for _, warning in told(scan__filter=("f5",))] == [True]


def test_a_command_has_its_new_key_in_footer_help_and_bindings(
    remap: Callable[[Mapping[str, tuple[str, ...]]], None],
) -> None:
    remap({"scan.filter": ("f", "ctrl+f")})
    shown = {command.id: command.shown_key for command in footer(FOCUS["list"])}
    assert shown["scan.filter"] == "f"
    page = "\n".join(words(line) for line in help_lines("list", 80, "-"))
    assert " f ctrl+f     Filter" in page
    assert any(getattr(one, "key", "") == "f,ctrl+f" for one in bindings("scan"))
    assert next(c for c in COMMANDS if c.id == "scan.filter").keys == ("slash",), (
        "the page of keys shows the table's own"
    )


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(BY_ID)), st.text(max_size=8)),
                       st.lists(st.one_of(st.sampled_from(sorted(KEYS)), st.text(min_size=1, max_size=8)), min_size=1,
                                max_size=3).map(tuple), max_size=4))  # fmt: skip
def test_a_keymap_that_is_taken_gives_each_focus_one_meaning_for_each_key(keymap: dict[str, tuple[str, ...]]) -> None:
    if not all(finding.warning for finding in findings(keymap)):
        return
    keys = remapped(keymap)
    for places in FOCUS.values():
        for place in places:
            here = [key for command in BY_ID.values() if command.place == place for key in keys[command.id]]
            assert len(here) == len(set(here))


def test_the_file_says_where_a_key_clashes() -> None:
    text = '[keymap]\n"scan.sort" = "o"\n"scan.filter" = ["f", "qq"]\n'
    with pytest.raises(Refused) as caught:
        parse(text, checks=[lambda config: findings(config.keymap)])
    assert [problem.position for problem in caught.value.problems] == [(2, 1), (3, 23)]
