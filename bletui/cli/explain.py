"""`bletui explain`: what a code, kind, native message or number means and what to do about it. Offline."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from bletui.errors.explain import explained, named
from bletui.errors.facts import quoted
from bletui.errors.layout import wrapped
from bletui.errors.lookup import Meaning, in_words, meanings, nearest
from bletui.errors.rows import rows_of
from bletui.kinds import TYPE_CHECKING, ErrorKind

if TYPE_CHECKING:
    from typing import Any

    from bletui.errors.logs import Finding

WIDTH = 80

_HELP = """\
What a code, kind, native message or number means, and what to try. Offline.

  bletui explain E0601              a code
  bletui explain busy.chip          a kind
  bletui explain "chip is busy"     what a router, BlueZ or a library said
  bletui explain att:0x0e hci:0x3e  a number in its space
  bletui explain 0x3e               a bare number: everything it may mean
  bletui explain "status=133"       a number among words
  bletui explain --from app.log     every failure that a log tells of
"""


_EXITS = """\
exit codes
  0 explained, several meanings included; with --from also none at all
  2 nothing is known under that name

docs/errors has a page for each kind, docs/json.md describes the JSON objects.
"""


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("explain", description=_HELP, epilog=_EXITS)
    parser.add_argument("what", nargs="*", metavar="WHAT", help="code, kind, message, number, or SPACE:CODE")
    parser.add_argument("--list", action="store_true", help="every kind, one a line")
    parser.add_argument("--group", metavar="NAME", help="with --list: only this group (tls, link, busy …)")
    parser.add_argument("--all", action="store_true", help="every native form of the kind, not the first dozen")
    parser.add_argument("--from", dest="file", metavar="FILE", help="find the failures in a log (-: stdin)")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="headings in bold")


def run(args: argparse.Namespace) -> int:
    """Prints and returns 0; `request.invalid` where nothing is known under a name, after all others are explained."""
    if args.file is not None:
        return _log(args)
    if args.list or not args.what:
        return _list(args)
    # several words are several questions, unless only together they are a message that is known
    together = " ".join(args.what)
    one = len(args.what) > 1 and (meanings(together) or (not meanings(args.what[0]) and in_words(together)))
    questions = [together] if one else args.what
    known = [(question, found) for question in questions if (found := meanings(question) or in_words(question))]
    for number, (question, found) in enumerate(known):
        if number and not args.json:
            print()
        _answer(question, found, args)
    for question in questions:
        if question not in dict(known):
            raise _unknown(question)
    return 0


def _answer(what: str, found: list[Meaning], args: argparse.Namespace) -> None:
    kind = found[0][0]
    if args.json:
        _objects(what, found)
    elif all(other is kind for other, _ in found):
        asked = [row for _, row in found if row is not None]
        seen = rows_of(kind)
        page = explained(kind, asked, width=WIDTH, seen=() if args.all else seen)
        _print(page + (_all(seen) if args.all else []), args)
    else:
        _print(_candidates(what, found), args)


def _candidates(what: str, found: list[Meaning]) -> list[str]:
    asked = what if what.isprintable() else ascii(what)
    lines = [*wrapped(f"{asked} means several things; say which one:", WIDTH), ""]
    for kind, row in found:
        if row is not None:
            lines += wrapped(named(row), WIDTH, "  ", "      ")
            lines += wrapped(kind.title, WIDTH, f"      {kind.code} {kind.value}  ")
    space = next((row for _, row in found if row is not None), None)
    if space is not None:
        code = (
            quoted(f"{space.source}:{space.message}")
            if space.by_text
            else f"{space.source}:{space.code.partition('|')[0]}"
        )
        lines += ["", *wrapped(f"bletui explain {code}", WIDTH)]
    return lines


def _unknown(what: str) -> Exception:
    from bletui.target import invalid

    near = nearest(what)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; bletui explain --list names every kind"
    return invalid(f"nothing is known as {what[:200]!r}{hint}")


def _list(args: argparse.Namespace) -> int:
    kinds = [kind for kind in ErrorKind if args.group in (None, kind.group)]
    if not kinds:
        from bletui.target import invalid

        groups = ", ".join(dict.fromkeys(kind.group for kind in ErrorKind))
        raise invalid(f"no group {args.group!r}; there are {groups}")
    if args.json:
        _objects("", [(kind, None) for kind in kinds])
    else:
        for kind in kinds:
            print("\n".join(wrapped(kind.title, WIDTH, f"{kind.code} {kind.value:<26} ")))
    return 0


def _all(seen: tuple[Any, ...]) -> list[str]:
    return [
        "",
        f"Seen as ({len(seen)})",
        *(line for row in seen for line in wrapped(named(row), WIDTH, "  ", "      ")),
    ]


def _log(args: argparse.Namespace) -> int:
    from bletui.errors.logs import findings

    try:
        found = findings(_lines(args.file))
    except OSError as cannot:
        from bletui.target import invalid

        raise invalid(f"{args.file}: {cannot.strerror}") from cannot
    if args.json:
        for one in found:
            _object({"line": one.line, "count": one.count, "words": one.words, **meaning_object((one.kind, one.row))})
    elif found:
        _print(list(_found(found)), args)
    else:
        print("no failure that the vocabulary knows")
    return 0


def _lines(file: str) -> Iterator[str]:
    """Each line's beginning; what is no text may have lines of any length."""
    from bletui.errors.logs import LINE_MAX

    with open(0 if file == "-" else file, encoding="utf-8", errors="backslashreplace", closefd=file != "-") as lines:
        at_start = True
        while part := lines.readline(LINE_MAX):
            if at_start:
                yield part
            at_start = part.endswith("\n")


def _found(found: list[Finding]) -> Iterator[str]:
    from bletui.errors.facts import filled
    from bletui.errors.guide import guide

    for one in found:
        yield from wrapped(one.kind.title, WIDTH, f"{one.kind.code} {one.kind.value}  ")
        times = "once" if one.count == 1 else f"{one.count} times"
        yield from wrapped(f'"{one.words}", {times}, first in line {one.line}', WIDTH, "  ")
        yield from wrapped(filled(guide(one.kind).remedies[0].text, {}), WIDTH, "  1. ")
    yield ""
    yield "bletui explain CODE says more"


def _objects(what: str, found: list[Meaning]) -> None:
    for meaning in found:
        _object({"asked": what, **meaning_object(meaning)})


def meaning_object(meaning: Meaning) -> dict[str, Any]:
    """What is known of one meaning, as plain values."""
    from bletui.errors.guide import guide

    kind, row = meaning
    page = guide(kind)
    return {
        "kind": kind.value,
        "code": kind.code,
        "title": kind.title,
        "severity": kind.severity,
        "retry": (row.retry if row else None) or kind.retry,
        "exit": kind.exit_code,
        "native": row and {"source": row.source, "code": row.code, "message": row.message, "note": row.note},
        "happened": page.happened,
        "why": page.why,
        "remedies": [remedy.plain() for remedy in page.remedies],
        "first_when": [
            {"when": rule.when, **rule.remedy.plain(), "instead": [step.plain() for step in rule.instead]}
            for rule in page.rules
        ],
    }


def _object(record: dict[str, Any]) -> None:
    from json import dumps

    print(dumps({"schema": "bletui.explanation/1", **record}, separators=(",", ":")))


def _print(lines: list[str], args: argparse.Namespace) -> None:
    """The page; headings (lines that do not begin with a blank, one after an empty line) in bold if wanted."""
    bold = args.color == "always" or (args.color == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    for before, line in zip(["", *lines], lines, strict=False):
        heading = bold and line and before == "" and not line.startswith(" ")
        print(f"\x1b[1m{line}\x1b[0m" if heading else line)
