"""What the pages show: commands, and sessions at a shell in which "…" stands for what differs or is left out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SIGNS = set("|<>&;")


class Entry(NamedTuple):
    """One line typed at a shell, and what follows it."""

    typed: str
    shown: list[str]

    def words(self) -> list[str]:
        """Behind `bletui`, up to what is the shell's."""
        return words(self.typed)


def commands(page: Path) -> Iterator[tuple[str, bool]]:
    """Each `bletui …` of the page once, and whether it is whole: one within a sentence may name a command only."""
    text = re.sub(r"\\\n *", "", page.read_text("utf-8"))
    found = {line: True for block in _BLOCK.findall(text) for line in _typed(block)}
    prose = _BLOCK.sub("", text)
    found |= dict.fromkeys(re.findall(r"^ {3,}(?:\$ )?(bletui .*)$", prose, re.MULTILINE), True)
    for line in re.findall(r"`(bletui [^`]*)`", prose):
        found.setdefault(" ".join(line.split()), False)
    yield from found.items()


def _typed(block: str) -> Iterator[str]:
    for line in block.splitlines():
        if typed := re.fullmatch(r"(?:\$ )?(?:.*\| |\(.*; |[A-Z_]+=\w+ |\.venv/bin/)?(bletui(?: .*)?)", line):
            yield typed[1]


def words(line: str) -> list[str]:
    """The arguments of one `bletui …`, without comment, redirection and what it is piped into."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    found: list[str] = []
    for word in lexer:
        if not set(word) <= _SIGNS:
            found.append(word)
        elif "bletui" in found:
            break
    return found[found.index("bletui") + 1 :]


def session(page: str, beginning: str) -> list[Entry]:
    """The block of the page under docs (or of the README) whose first line begins so."""
    text = (ROOT / page).read_text("utf-8")
    (block,) = [one for one in _BLOCK.findall(text) if one.startswith(beginning)]
    entries: list[Entry] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            entries.append(Entry(line.removeprefix("$ "), []))
        else:
            entries[-1].shown.append(line)
    return entries


def is_shown(shown: Sequence[str], said: str) -> bool:
    """Whether `said` is what the page shows: each line in its place, "…" on a line of its own being any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in shown
    )
    return re.fullmatch(pattern, said) is not None
