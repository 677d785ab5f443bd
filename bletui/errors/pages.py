"""The error documentation, written from the tables: `python -m bletui.errors.pages docs/errors`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from bletui.errors.actions import ACTIONS
from bletui.errors.facts import EVIDENCE, filled
from bletui.errors.guide import guide
from bletui.errors.rows import Row, rows_of
from bletui.errors.rules import WAITING, Remedy
from bletui.kinds import ErrorKind

_GROUPS = {
    "adapter": "The local adapter",
    "link": "Links",
    "device": "Devices behind gateways",
    "gatt": "Attributes",
    "security": "Pairing and bonds",
    "busy": "Busy and full",
    "net": "The network",
    "tls": "TLS",
    "auth": "Credentials",
    "access": "Roles",
    "router": "Routers and controllers",
    "provision": "Adding devices",
    "data": "Data",
    "request": "Requests",
    "op": "Operations",
    "internal": "bletui itself",
    "other": "Everything else",
}
_SEVERITIES = {"info": "not a fault or not for long", "warning": "may pass or be mended on the way", "error": "stays"}


def pages() -> dict[str, str]:
    """File names to texts: the index and one page per kind."""
    return {"README.md": _index(), **{f"{kind.code}.md": page(kind) for kind in ErrorKind}}


def page(kind: ErrorKind) -> str:
    """The page of one kind, Markdown."""
    return "\n".join(_page(kind)) + "\n"


def write(folder: Path) -> list[Path]:
    """Writes what has changed, removes pages that no kind has any more; returns the files touched."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    stale = [path for path in folder.glob("E*.md") if path.name not in wanted]
    changed = [
        folder / name
        for name, text in wanted.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]
    for path in stale:
        path.unlink()
    for path in changed:
        path.write_text(wanted[path.name], encoding="utf-8")
    return stale + changed


def _index() -> str:
    lines = [
        "# Errors",
        "",
        "Every failure that bletui shows, prints or writes is one of these kinds. Codes and names are never reused.",
        "`bletui explain` prints the same offline: by code, by name, by what a router or library said, by number.",
        "",
        "Written by `make docs` from the tables in `bletui/errors/`; change those, not these pages.",
    ]
    order = list(_GROUPS)
    for group, kinds in groupby(sorted(ErrorKind, key=lambda kind: (order.index(kind.group), kind.code)), _group):
        lines += ["", f"## {_GROUPS[group]}", "", "| code | kind | what it means | waiting |", "|---|---|---|---|"]
        lines += [f"| [{kind.code}]({kind.code}.md) | `{kind.value}` | {kind.title} | {kind.retry} |" for kind in kinds]
    return "\n".join([*lines, *_reading(), *_actions(), *_evidence()]) + "\n"


def _reading() -> list[str]:
    return [
        "",
        "## How native codes are written",
        "",
        "`a|b` either · `0x14-0x7F` any of these · `X*` whatever begins so · `X/word` only in this circumstance (an",
        "operation, a phase, `dropped`, `asked`), where it comes before the bare `X` · `{name}` in a message any words",
        "· (parentheses) describe what came. Messages count as a whole; case, blanks and a final full stop do not.",
    ]


def _actions() -> list[str]:
    lines = ["", "## What bletui does itself", "", "| action | label | before it | after it |", "|---|---|---|---|"]
    return lines + [f"| `{one.name}` | {one.label} | {one.before} | {one.after} |" for one in ACTIONS.values()]


def _evidence() -> list[str]:
    lines = [
        "",
        "## Evidence",
        "",
        "A backend puts what it knows around a failure into `Context.evidence`, as text. It orders the remedies and",
        "fills their words; what is not known is left out.",
        "",
        "| name | meaning |",
        "|---|---|",
    ]
    return lines + [f"| `{name}` | {meaning} |" for name, meaning in EVIDENCE.items()]


def _group(kind: ErrorKind) -> str:
    return kind.group


def _page(kind: ErrorKind) -> Iterator[str]:
    told = guide(kind)
    yield f"# {kind.code} `{kind.value}`"
    yield from ("", f"{kind.title}.", "", "## What happened", "", told.happened)
    yield from ("", "## Why, probably", "", *(f"- {cause}" for cause in told.why))
    yield from ("", "## What to try", "")
    for number, remedy in enumerate(told.remedies, 1):
        yield from _step(remedy, f"{number}. ")
    if told.rules:
        yield from ("", "## First of all, when")
        for rule in told.rules:
            yield from ("", f"**{rule.when}**", "", *_step(rule.remedy, ""))
            if rule.instead:
                yield from ("", "Then, instead of the steps above:", "")
            for number, remedy in enumerate(rule.instead, 2):
                yield from _step(remedy, f"{number}. ")
    yield from ("", "## Does waiting help?", "", f"{_sentence(WAITING[kind.retry])} Retry class `{kind.retry}`.")
    yield from ("", "## Seen as", "", *_seen(rows_of(kind)))
    yield from ("", "## For programs", "", f"- severity `{kind.severity}`: {_SEVERITIES[kind.severity]}")
    yield from (f"- exit code of a command that ends with it: {kind.exit_code}", "", "[All errors](README.md)")


def _step(remedy: Remedy, mark: str) -> Iterator[str]:
    action = f" *(in the console: {ACTIONS[remedy.action].label})*" if remedy.action else ""
    yield f"{mark}{filled(remedy.text, {})}{action}"
    if remedy.command:
        indent = " " * len(mark)
        yield from ("", f"{indent}```sh", f"{indent}{filled(remedy.command, {})}", f"{indent}```", "")


def _seen(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        yield "Only bletui itself reports it."
        return
    yield from ("| source | code | message | retry | note |", "|---|---|---|---|---|")
    for row in rows:
        cells = (row.source, f"`{row.code}`", row.message, row.retry or "", row.note)
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


if __name__ == "__main__":
    for touched in write(Path(sys.argv[1])):
        print(touched)
