"""The configuration as lines and objects: values with their origins, names, problems. No secret is ever read for it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bletui.cli.configured import CHECKS, Configuration, configuration, file, flags
from bletui.cli.narration import object_line, say
from bletui.config.credentials import words
from bletui.config.file import SIZE_MAX, Problem, Refused, content, parse, text_of
from bletui.config.places import named
from bletui.config.positions import Path as Keys
from bletui.config.positions import Position
from bletui.config.settings import SETTINGS, Value
from bletui.config.structs import FILE, beside
from bletui.config.structs import parse as parse_structs
from bletui.failure import ErrorKind
from bletui.text import visible

WIDEST = 36  # columns of names and values that are lined up

Row = tuple[str, str, Value, str, Keys, str]  # part, name, value, origin, path in the file, environment's variable


def show(args: argparse.Namespace) -> int:
    here = configuration(args)
    places = here.config.places() if here.config.path else {}
    every = list(rows(here, flags(args)))  # a wrong variable is refused before anything is printed
    if not args.json:
        there = here.config.path
        print(visible(f"# {there or file(args, here.environ)}{'' if there else ' (no file)'}"))
    widths = [min(WIDEST, max(map(len, column))) for column in zip(*map(_cells, every), strict=True)]
    for row in every:
        print(object_line(_object(row, here, places)) if args.json else _line(row, places, widths))
    _tell(here.config.warnings, here.config.path, json=args.json)
    return 0


def rows(here: Configuration, given: Mapping[str, Value]) -> Iterator[Row]:
    """Every setting in force, then what the file names."""
    profile: Value = here.profile or None
    yield "setting", "profile", profile, _profile_origin(here), ("profile",), "BLETUI_PROFILE"
    for setting in SETTINGS:
        found = here.resolve(setting.name, given.get(setting.name))
        yield "setting", found.name, found.value, found.origin, found.path, found.variable
    config = here.config
    parts: Mapping[str, Mapping[str, Value]] = {
        "targets": {name: str(target) for name, target in config.targets.items()},
        "credentials": {name: words(reference) for name, reference in config.credentials.items()},
        "filters": config.filters,
        "names.addresses": config.addresses,
        "names.uuids": config.uuids,
        "keys": config.keys,
        "keymap": config.keymap,
        "bridge": config.bridge,
    }
    for part, entries in parts.items():
        for name, value in entries.items():
            yield part, name, value, "file", (*part.split("."), name), ""


def validate(args: argparse.Namespace) -> int:
    """Prints what is wrong, with the structs that stand beside it; the exit code is that of the kind."""
    path = None if args.file == "-" else Path(args.file) if args.file else file(args, os.environ)
    if path is None:
        text = _stdin()
    else:
        text = content(path, needed=args.file is not None or named(args.config, os.environ) is not None) or ""
    problems = _wrong(text, path)
    _tell(problems, path, json=args.json)
    if path is not None and not args.file:
        own = beside(path)
        more = _wrong(content(own, needed=False) or "", own)
        _tell(more, own, json=args.json)
        problems += more
    if not problems:
        there = path is None or path.exists()
        words = f"nothing is wrong with {path or 'stdin'}" if there else f"there is no file {path}, and none is needed"
        say(f"bletui: {words}", {}, json=False)
    return 0 if all(problem.warning for problem in problems) else ErrorKind.REQUEST_INVALID.exit_code


def _wrong(text: str, path: Path | None) -> tuple[Problem, ...]:
    """Of a configuration, or of structs by the file's name."""
    try:
        if path is not None and path.name == FILE:
            parse_structs(text)
            return ()
        return parse(text, path, CHECKS).warnings
    except Refused as refused:
        return refused.problems


def _stdin() -> str:
    return text_of(sys.stdin.buffer.read(SIZE_MAX + 1), "stdin")


def _tell(problems: tuple[Problem, ...], path: Path | None, *, json: bool) -> None:
    where = str(path or "stdin")
    for problem in problems:
        sort = "warning" if problem.warning else "error"
        at = problem.position
        record = {
            "schema": "bletui.config-problem/1",
            "severity": sort,
            "file": where,
            "line": at.line,
            "column": at.column,
            "key": problem.key,
            "problem": problem.words,
        }
        key = f"{problem.key}: " if problem.key else ""
        line = visible(f"{where}:{at.line}:{at.column}: {sort}: {key}{problem.words}")
        print(object_line(record) if json else line)


def _profile_origin(here: Configuration) -> str:
    if here.profile == here.config.profile:
        return "file" if here.profile else "default"
    return "environment" if here.environ.get("BLETUI_PROFILE") == here.profile else "flag"


def _object(row: Row, here: Configuration, places: Mapping[Keys, Position]) -> dict[str, object]:
    part, name, value, origin, path, variable = row
    inside = origin in ("file", "profile")
    at = places.get(path) if inside else None
    return {
        "schema": "bletui.config-value/1",
        "part": part,
        "name": name,
        "value": list(value) if isinstance(value, tuple) else value,
        "origin": origin,
        "variable": variable if origin == "environment" else None,
        "file": str(here.config.path) if inside else None,
        "line": at and at.line,
    }


def _cells(row: Row) -> tuple[str, str]:
    part, name, value, *_ = row
    return visible(name if part == "setting" else f"{part}.{name}"), visible(_written(value))


def _line(row: Row, places: Mapping[Keys, Position], widths: Sequence[int]) -> str:
    _, _, _, origin, path, variable = row
    at = places.get(path) if origin in ("file", "profile") else None
    told = {"environment": variable, "flag": "the command line", "default": "default"}.get(origin, "")
    if not told:
        told = (f"profile {path[1]}, " if origin == "profile" else "") + (f"line {at.line}" if at else "the file")
    name, value = (f"{cell:<{width}}" for cell, width in zip(_cells(row), widths, strict=True))
    return f"{name}  {value}  # {visible(told)}"


def _written(value: Value) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case tuple():
            return " ".join(value) or "-"
        case _:
            return value or '""'
