"""`docs/bletui.1`, written from the parsers: `python -m bletui.cli.manual docs/bletui.1`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bletui import __version__
from bletui.cli.commands import SUMMARIES
from bletui.cli.grammar import Argument, Grammar, grammar
from bletui.config.settings import SETTINGS

_ABOUT = """\
A console for Bluetooth LE: live scans, connections and GATT trees through a Cassia router or this machine's adapter,
and every failure explained in place. A command does one thing without the console; stdout is data, stderr is narration,
and with \\-\\-json both are one object per line."""

_TARGETS = (
    ("local:", "this machine's adapter; local:hci1 is that one"),
    (
        "cassia://HOST",
        "a Cassia router; cassia+https://KEY@HOST with TLS, where KEY names a credential and is never one",
    ),
    ("bridge:", "radios that a bridge serves; bridge://HOST is one elsewhere"),
    ("sim:", "a simulated site; needs no radio"),
    ("NAME", "a target that the configuration names"),
)
_EXITS = (
    ("0", "done"),
    ("1", "the operation failed"),
    ("2", "wrong usage or configuration"),
    ("3", "radio, router or bridge unreachable"),
    ("4", "time-out, or not heard"),
    ("5", "not permitted, not paired, credentials refused"),
    ("70", "a bug in bletui or a plug-in; a report is left"),
    ("130", "interrupted; other signals: 128 + number"),
    ("141", "the reader of stdout went away"),
)
_VARIABLES = (
    ("BLETUI_CONFIG", "the configuration file, as \\-\\-config"),
    ("BLETUI_PROFILE", "the profile in force, as \\-\\-profile"),
    ("BLETUI_SECRET_KEY, BLETUI_SECRET_KEY_FILE", "the credential called KEY, or the file (mode 0600) that holds it"),
    ("NO_COLOR", "no colours, if it is set and not empty"),
)
_FILES = (
    (
        "$XDG_CONFIG_HOME/bletui/config.toml",
        "the configuration, ~/.config/bletui/config.toml where the variable is not set",
    ),
    (
        "$XDG_CONFIG_HOME/bletui/structs.toml",
        "how your own values are laid out; beside whatever configuration counts",
    ),
    (
        "$XDG_STATE_HOME/bletui",
        "crash reports and what the console keeps (pins, hints put away), mode 0600; a bridge's log, ring, journals "
        "and tokens; ~/.local/state/bletui where the variable is not set",
    ),
    ("$XDG_RUNTIME_DIR/bletui/bridge.sock", "where a bridge listens, mode 0600; bridge: means this one"),
)


def page() -> str:
    """The page in man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH BLETUI 1 "" "bletui {__version__}" "User Commands"'
    yield '.\\" Written from bletui/cli by `make docs`.'
    yield from (".SH NAME", "bletui \\- a console for Bluetooth LE")
    yield from (".SH SYNOPSIS", ".B bletui", "[\\fITARGET\\fR ...] [\\fIoptions\\fR]", ".br")
    yield from (".B bletui", "\\fICOMMAND\\fR [\\fIarguments\\fR]")
    yield from (".SH DESCRIPTION", _ABOUT)
    yield from _section("TARGETS", _TARGETS)
    yield from (".SH OPTIONS", "Of the console.")
    yield from _options(grammar("").options)
    yield from (".PP", "Those of a command are listed with it.", ".SH COMMANDS")
    for name, summary in SUMMARIES.items():
        yield from _command(grammar(name), summary)
    yield from _section("EXIT STATUS", _EXITS)
    yield from _section("ENVIRONMENT", [*_VARIABLES, *((one.variable, one.help) for one in SETTINGS)])
    yield from _section("FILES", _FILES)
    yield from (".SH SEE ALSO", ".BR bluetoothctl (1),", ".BR btmon (1)")


def _command(command: Grammar, summary: str) -> Iterator[str]:
    yield from (
        f".SS {escaped(f'bletui {command.name}')}",
        _usage(command),
        ".PP",
        f"{escaped(summary[0].upper() + summary[1:])}.",
    )
    yield from _text(command.about)
    yield from _options((*command.positionals, *command.options))
    for verb in command.verbs.values():
        yield from (".PP", f".B {escaped(f'bletui {verb.name}')}", _usage(verb), ".PP")
        yield from _text(verb.about)
        yield from _options((*verb.positionals, *verb.options))


def _usage(command: Grammar) -> str:
    parts = [f"\\fI{escaped(_shown(one))}\\fR" for one in command.positionals]
    parts += ["\\fIVERB\\fR ..."] if command.verbs else ["[\\fIoptions\\fR]"]
    return " ".join(parts)


def _shown(argument: Argument) -> str:
    shown = f"{argument.takes} ..." if argument.several else argument.takes
    return f"[{shown}]" if argument.optional else shown


def _options(arguments: Iterable[Argument]) -> Iterator[str]:
    for one in arguments:
        if "--help" in one.flags:
            continue
        flags = ", ".join(f"\\fB{escaped(flag)}\\fR" for flag in one.flags)
        value = f"\\fI{escaped(one.takes)}\\fR" if one.takes else ""
        yield from (
            ".TP",
            " ".join(part for part in (flags, value) if part),
            escaped(one.help.replace("%%", "%")) or "\\&",
        )


def _text(words: str) -> Iterator[str]:
    """Prose filled, and lines that begin with blanks kept as they stand."""
    kept = False
    for line in words.splitlines():
        example = line.startswith("  ")
        if example is not kept:
            yield ".EX" if example else ".EE"
            kept = example
        yield escaped(line) if line.strip() else ".PP" if not kept else ""
    if kept:
        yield ".EE"


def _section(title: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f".SH {title}"
    for name, meaning in entries:
        yield from (".TP", f".B {escaped(name)}", meaning if "\\-" in meaning else escaped(meaning))


def escaped(text: str) -> str:
    """Text that troff takes as it is: no escapes, no control lines, hyphens that can be copied."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    plain = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in plain)
    return "\\&" + plain if plain.startswith(".") else plain


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
