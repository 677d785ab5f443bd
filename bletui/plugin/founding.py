"""A new plug-in: the template with another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bletui.target import invalid

_NAME = re.compile(r"[a-z][a-z0-9]{0,30}")
_SUFFIXES = (".py", ".toml")


def founded(scheme: str, folder: Path) -> tuple[Path, ...]:
    """Writes the plug-in for `scheme:` into `folder`, which must not be there yet; the files, sorted.

    `request.invalid`: a name that is no scheme, a folder that is there or can't be made.
    """
    if not _NAME.fullmatch(scheme):
        raise invalid(f"{scheme!r} is no scheme: lower-case letters and digits, a letter first")
    if folder.exists():
        raise invalid(f"{folder} is there already; nothing was written")
    try:
        return tuple(sorted(_write(folder / name, text) for name, text in _renamed(scheme)))
    except OSError as failed:
        raise invalid(f"{folder}: {failed.strerror}") from failed


def _write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def template() -> Path:
    """The folder that is copied: in an installed bletui its own, in a checkout the project's."""
    inside = Path(__file__).parent / "template"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "plugins" / "template"


def _renamed(scheme: str) -> Iterator[tuple[str, str]]:
    source = template()
    for file in sorted(source.rglob("*")):
        if file.is_file() and file.suffix in _SUFFIXES:
            name = file.relative_to(source).as_posix().replace("bletui_template", f"bletui_{scheme}")
            yield name, _named(file.read_text(encoding="utf-8"), scheme)


def _named(text: str, scheme: str) -> str:
    """The scheme in place of the template's name, wherever that is a name: not in what its device broadcasts."""
    text = re.sub(r"bletui([-_])template", rf"bletui\1{scheme}", text)
    text = re.sub(r"\b(Test)?Template\b", rf"\1{scheme.capitalize()}", text)
    return re.sub(r'(?m)(?<=["(])template(?=")|^template(?= = )', scheme, text)
