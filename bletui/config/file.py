"""`config.toml` as a value: read whole, checked whole, every problem with its line; or refused.

The text is the person's own, but nothing in it is taken on trust: it is bounded, and no value that may be a secret is
ever repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from bletui.failure import BleError, Failure
from bletui.kinds import ErrorKind
from bletui.text import bounded, visible

if TYPE_CHECKING:  # the console's first paint waits for this module, and mostly there is no file
    from bletui.config.credentials import Reference
    from bletui.config.positions import Path, Position
    from bletui.config.reading import Finding
    from bletui.config.settings import Value
    from bletui.target import Target

SIZE_MAX = 262_144  # bytes
ADDRESS_MAX = 17  # characters
EMPTY: Mapping[str, Any] = MappingProxyType({})


class Problem(NamedTuple):
    """Something wrong in the file, or (`warning`) something that may not work as meant; `key` is its dotted path."""

    position: Position
    key: str
    words: str
    warning: bool = False


class Config(NamedTuple):  # made in a third of a dataclass's time: the console's first paint waits for it
    """A file that was taken; an empty one where there is none. Nothing in it is secret."""

    path: FilePath | None = None  # None: there is no file
    settings: Mapping[str, Value] = EMPTY
    profile: str = ""
    profiles: Mapping[str, Mapping[str, Value]] = EMPTY
    targets: Mapping[str, Target] = EMPTY
    credentials: Mapping[str, Reference] = EMPTY
    filters: Mapping[str, str] = EMPTY
    addresses: Mapping[str, str] = EMPTY  # own names by address, upper case
    uuids: Mapping[str, str] = EMPTY  # own names by 128-bit UUID, lower case
    keys: Mapping[str, str] = EMPTY  # credentials of sealed broadcasts' keys by address, upper case
    keymap: Mapping[str, tuple[str, ...]] = EMPTY  # command id -> keys
    bridge: Mapping[str, Value] = EMPTY  # the keys of `serving.Serving`
    text: str = ""
    warnings: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"Config({str(self.path)!r})"

    def places(self) -> dict[Path, Position]:
        """Where each key stands."""
        from bletui.config.positions import positions

        return positions(self.text)


Check = Callable[[Config], "Iterable[Finding]"]  # what only a higher layer knows


class Refused(Exception):  # noqa: N818  it is no error of the program
    """`problems` holds one at least that is no warning, in the order of the lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


def parse(text: str, path: FilePath | None = None, checks: Iterable[Check] = ()) -> Config:
    """The file's value. Raises `Refused` with everything that is wrong, and nothing else."""
    from bletui.config.positions import positions
    from bletui.config.schema import read

    config, findings = read(values_of(text), path, text)
    for check in checks:
        findings += check(config)
    if not findings:
        return config
    places = positions(text)
    problems = sorted(placed(finding, places) for finding in findings)
    if not all(problem.warning for problem in problems):
        raise Refused(problems)
    return config._replace(warnings=tuple(problems))


def values_of(text: str) -> Mapping[str, object]:
    """What the TOML says. Raises `Refused` where it is none."""
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # ValueError: also a number of more digits than Python takes
        raise Refused([_misspelt(text, str(wrong))]) from None


def load(path: FilePath, *, needed: bool, checks: Iterable[Check] = ()) -> Config:
    """The file at `path`; an empty value where there is none and none is `needed`.

    Raises `BleError` (`request.invalid`) with path, line, column and reason.
    """
    text = content(path, needed=needed)
    if text is None:
        return Config()
    try:
        return parse(text, path, checks)
    except Refused as refused:
        wrong = [problem for problem in refused.problems if not problem.warning]
        more = f" (and {len(wrong) - 1} more: bletui config validate)" if len(wrong) > 1 else ""
        raise invalid(f"{located(path, wrong[0])}{more}") from None


def content(path: FilePath, *, needed: bool) -> str | None:
    """The text of the file; None where there is none and none is `needed`. Raises `BleError` (`request.invalid`)."""
    try:
        with path.open("rb") as file:
            read = file.read(SIZE_MAX + 1)
    except FileNotFoundError:
        if needed:
            raise invalid(f"{path}: there is no such file; bletui config init writes one") from None
        return None
    except NotADirectoryError as cannot:
        if needed:
            raise invalid(f"{path}: {cannot.strerror}") from cannot
        return None
    except (OSError, ValueError) as cannot:  # ValueError: a NUL in the path
        raise invalid(f"{path}: {getattr(cannot, 'strerror', None) or cannot}") from cannot
    return text_of(read, path)


def text_of(read: bytes, where: object) -> str:
    """At most `SIZE_MAX` bytes of UTF-8 from `where`; raises `BleError` (`request.invalid`)."""
    if len(read) > SIZE_MAX:
        raise invalid(f"{where}: a configuration has at most {SIZE_MAX} bytes")
    try:
        return read.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = read.count(b"\n", 0, wrong.start) + 1
        raise invalid(f"{where}:{line}: the text is not UTF-8") from None


def located(path: FilePath | None, problem: Problem) -> str:
    """`file:line:column: key: what is wrong`."""
    where = f"{path or 'config'}:{problem.position.line}:{problem.position.column}"
    return f"{where}: {problem.key}: {problem.words}" if problem.key else f"{where}: {problem.words}"


def invalid(detail: str) -> BleError:
    words = bounded(visible(detail), 600)
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, operation="config", detail=words))


def placed(finding: Finding, places: Mapping[Path, Position]) -> Problem:
    """The finding at its own key, or at the nearest that stands in the text."""
    from bletui.config.positions import Position

    path = finding.path
    while path and path not in places:
        path = path[:-1]
    return Problem(places.get(path, Position(1, 1)), dotted(finding.path), finding.words, finding.warning)


def dotted(path: Path) -> str:
    """A path as it is written in TOML; a key in hex, which may stand there by mistake, is not repeated."""
    if path[:1] == ("keys",) and len(str(path[-1])) > ADDRESS_MAX:
        path = path[:1]
    written = ""
    for part in path:
        if isinstance(part, int):
            written += f"[{part + 1}]"
        else:
            bare = part.replace("_", "").replace("-", "").isalnum() and part.isascii()
            written += ("." if written else "") + (part if bare else f'"{visible(part)}"')
    return bounded(written, 200)


def _misspelt(text: str, message: str) -> Problem:
    import re

    from bletui.config.positions import Position, position

    if found := re.search(r" \(at line (\d+), column (\d+)\)$", message):
        where = Position(int(found[1]), int(found[2]))
        return Problem(where, "", f"no TOML: {visible(message[: found.start()])}")
    if message.endswith(" (at end of document)"):
        return Problem(position(text, len(text)), "", f"no TOML: {visible(message[:-21])}")
    return Problem(Position(1, 1), "", "no TOML: nested too deeply, or a number too long")
