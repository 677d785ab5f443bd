"""A person's own keys for commands: whether they can work, before anything is drawn."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator, Mapping

from bletui.config.reading import Finding, unknown
from bletui.console.commands import COMMANDS, FOCUS, Command, key_name

BY_ID = {command.id: command for command in COMMANDS}  # with the table's own keys, whatever is in force now

# Their keys are said in the dialogues' own words, or typed as text.
FIXED = frozenset(("filter", "sort", "field", "question", "leave", "choice", "notice", "dialogue", "help"))
INTERRUPT = "app.interrupt"

_NAMED = (
    "escape", "enter", "tab", "space", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end",
    "pageup", "pagedown", "shift+tab",
)  # fmt: skip
_FUNCTION = frozenset(f"f{number}" for number in range(1, 13))
_WORDS = {"solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
          "plus_sign": "plus", "low_line": "underscore"}  # fmt: skip
_SPOKEN = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete", " ": "space"}


def key_of(char: str) -> str:
    """A printable character as Textual calls its key."""
    if char.isalnum():
        return char
    name = unicodedata.name(char).lower().replace("-", "_").replace(" ", "_")
    return _WORDS.get(name, name)


_PRINTED = {char: key_of(char) for char in string.printable.strip()}
_MODIFIED = (
    *(f"ctrl+{letter}" for letter in string.ascii_lowercase),
    *(f"{modifier}+{key}" for modifier in ("ctrl", "shift", "ctrl+shift") for key in _NAMED[7:15]),
    *(f"alt+{key}" for key in string.ascii_lowercase + string.digits),
)
KEYS = frozenset((*_PRINTED.values(), *_NAMED, *_MODIFIED, *_FUNCTION))

# Keys that arrive, but not always, and why.
_DOUBTFUL = {
    "ctrl+a": "the prefix of screen, which takes it",
    "ctrl+b": "the prefix of tmux, which takes it",
    "ctrl+s": "where flow control is on, it stops the terminal",
    "ctrl+h": "backspace on many terminals",
    "ctrl+i": "tab on every terminal",
    "ctrl+j": "enter on many terminals",
    "ctrl+m": "enter on every terminal",
}


def canonical(key: str) -> str:
    """The key as it is called here: `/` is `slash`, `Esc` is `escape`, `Ctrl-F` is `ctrl+f`."""
    if len(key) == 1:
        return _PRINTED.get(key, _SPOKEN.get(key, key))
    words = key.lower().replace("-", "+").split("+")
    return "+".join(_SPOKEN.get(word, word) for word in words)


def findings(keymap: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """What is wrong with a keymap, and what may not work everywhere, at the paths of the file."""
    for name, keys in keymap.items():
        command = BY_ID.get(name)
        if command is None:
            yield Finding(("keymap", name), unknown(name, list(BY_ID), "command") if near(name) else _no_command(name))
        elif command.place in FIXED or name == INTERRUPT:
            yield Finding(("keymap", name), f"the keys of {name} are fixed: dialogues and text fields name them")
        else:
            yield from _keys(name, keys)
    yield from _clashes(remapped(keymap), keymap)


def near(name: str) -> bool:
    import difflib

    return bool(difflib.get_close_matches(name, BY_ID, 1))


def remapped(keymap: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Every command's keys with a person's own in place."""
    keys = {name: command.keys for name, command in BY_ID.items()}
    own = {name: tuple(dict.fromkeys(map(canonical, wanted))) for name, wanted in keymap.items() if name in keys}
    return keys | own


def _no_command(name: str) -> str:
    return f"there is no command {name!r}; docs/keys.md lists them with their ids"


def _keys(name: str, keys: tuple[str, ...]) -> Iterator[Finding]:
    for number, key in enumerate(keys):
        wanted = canonical(key)
        path = ("keymap", name, number)
        if wanted == "ctrl+c":
            yield Finding(path, "ctrl+c always interrupts")
        elif wanted not in KEYS:
            yield Finding(path, unknown(key, sorted(KEYS), "key") if len(key) < 24 else "there is no such key")
        elif wanted in _DOUBTFUL:
            yield Finding(path, f"{wanted}: {_DOUBTFUL[wanted]}", warning=True)
        elif wanted.startswith("alt+"):
            yield Finding(path, f"{wanted} is two keys, escape and a letter, on many terminals", warning=True)
    if all(canonical(key) in _FUNCTION or canonical(key).startswith("alt+") for key in keys):
        words = "function keys and alt chords alone do not reach bletui from every terminal"
        yield Finding(("keymap", name), words, warning=True)


def _clashes(keys: Mapping[str, tuple[str, ...]], keymap: Mapping[str, object]) -> Iterator[Finding]:
    """A key with two meanings in one focus, unless the table itself lets an inner place take it from an outer."""
    told = set()
    for places in FOCUS.values():
        commands = [command for place in places for command in BY_ID.values() if command.place == place]
        for number, inner in enumerate(commands):
            for outer in commands[number + 1 :]:
                for key in sorted(set(keys[inner.id]) & set(keys[outer.id])):
                    ours = next((one for one in (inner, outer) if one.id in keymap), None)
                    if ours is None or _meant(inner, outer, key) or (inner.id, outer.id) in told:
                        continue
                    told.add((inner.id, outer.id))
                    other = outer if ours is inner else inner
                    words = f"{key_name(key)} is {other.label} ({other.id}) there: give one of them another key"
                    yield Finding(("keymap", ours.id), words)


def _meant(inner: Command, outer: Command, key: str) -> bool:
    return inner.place != outer.place and key in inner.keys and key in outer.keys
