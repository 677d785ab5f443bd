"""What a person typed (a code, a kind, a native message, a number) to the rows and kinds it may mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bletui.errors.rows import Row, fits, fold, fold_code, number_in, parts, rows, sources
from bletui.kinds import CODES, KINDS, ErrorKind

Meaning = tuple[ErrorKind, Row | None]  # the row is None for one of our own kinds

# What people call a space of numbers, where it is not the table's own name or its start.
_SPACES = {
    "cb": ("corebluetooth.CBErrorDomain",),
    "dbus": ("bluez.dbus",),
    "errno": ("os",),
    "gatt": ("att",),
    "http": ("http.status", "cassia.http"),
    "macos": ("corebluetooth.CBErrorDomain",),
    "mgmt": ("bluez.mgmt",),
    "verify": ("ssl.verify_code",),
    "windows": ("winrt",),
    "x509": ("ssl.verify_code",),
}


def meanings(what: str) -> list[Meaning]:
    """Everything that `what` may mean, our own names first; empty if nothing knows it."""
    word = what.strip()
    own = CODES.get(word.upper()) or KINDS.get(word.lower())
    if own is not None:
        return [(own, None)]
    space, colon, rest = word.partition(":")
    if colon and (named := _space(space)):
        return _distinct(_in_sources(named, rest.strip().strip("\"'"), ranges=True))
    return _distinct(_in_sources(sources(), word, ranges=False)) or _among_plugins(word)


def in_words(what: str) -> list[Meaning]:
    """What the one number in other words may mean: `status=133`, `Error 133 (0x85): GATT ERROR`.

    Where the words hold the message of a meaning too, only that; empty where there is no number, or several.
    """
    import re  # only what is known otherwise by nobody comes here

    numbers = {
        number_in(digits) for digits in re.findall(r"(?<![^\s=(])(?:0[xX][0-9a-fA-F]+|\d{1,5})(?![^\s),;!])", what)
    }
    found = meanings(str(numbers.pop())) if len(numbers) == 1 else []
    text = fold(what)
    said = {row: len(row.message) for _, row in found if row and fold(row.message) and fold(row.message) in text}
    longest = max(said.values(), default=0)
    return [(kind, row) for kind, row in found if not said or (row and said.get(row) == longest)]


def circumstances(row: Row) -> tuple[Row, ...]:
    """The rows of the same code that come before it in some circumstance; those of one message keep to it."""
    if "/" in row.code:
        return ()
    codes = row.code.split("|")
    return tuple(
        other
        for other in _rows(row.source)
        if "/" in other.code
        and other.code.partition("/")[0] in codes
        and (not row.by_text or fold(other.message) == fold(row.message))
    )


def nearest(what: str, limit: int = 3) -> list[str]:
    """Names and messages that look like `what`, the likest first."""
    from difflib import get_close_matches

    known = {name.casefold(): name for name in (*CODES, *KINDS)}
    for source in sources():
        known |= {fold(row.message): row.message for row in rows(source) if row.by_text and row.message[:1] not in "({"}
    return [known[match] for match in get_close_matches(fold(what), known, limit, 0.6)]


def _space(name: str) -> tuple[str, ...]:
    name = name.strip().casefold()
    if name in _SPACES:
        return _SPACES[name]

    def among(known: Iterable[str]) -> tuple[str, ...]:
        return tuple(source for source in known if f"{source}.".casefold().startswith(f"{name}."))

    return among(sources()) or among(_brought())


def _brought() -> tuple[str, ...]:
    from bletui.errors.brought import brought  # costs `explain` nothing unless no table of ours has the word

    return brought()


def _among_plugins(word: str) -> list[Meaning]:
    from bletui.errors.brought import sound

    return _distinct(_in_sources(sound(), word, ranges=False))


def _rows(source: str) -> tuple[Row, ...]:
    if source in sources():
        return rows(source)
    from bletui.errors.brought import brought_rows

    return brought_rows(source)


def _in_sources(names: Iterable[str], word: str, *, ranges: bool) -> Iterator[Row]:
    number = number_in(word)
    for source in names:
        if number is None:
            yield from _by_words(source, word)
        else:
            yield from _by_number(source, number, ranges=ranges, hexadecimal=word[:2] in ("0x", "0X"))


def _by_number(source: str, number: int, *, ranges: bool, hexadecimal: bool) -> Iterator[Row]:
    """Rows of this number; one typed in hex means only codes that their own specification writes so.

    A range answers for its space only: a bare number would always fall into several.
    """
    bare: list[Row] = []
    special: list[Row] = []
    spans: list[Row] = []
    for row in _rows(source):
        if hexadecimal and "0x" not in row.code:
            continue
        code, slash, _ = row.code.partition("/")
        for alternative in code.split("|"):
            low, dash, high = alternative.partition("-")
            if number_in(alternative) == number:
                (special if slash else bare).append(row)
            elif dash and _within(number, low, high):
                spans.append(row)
    yield from bare or special or (spans if ranges else ())


def _within(number: int, low: str, high: str) -> bool:
    lowest, highest = number_in(low), number_in(high)
    return lowest is not None and highest is not None and lowest <= number <= highest


def _by_words(source: str, words: str) -> Iterator[Row]:
    """Rows with this code or this whole message; the code with its circumstance wins over the bare one."""
    code, text = words.strip().casefold(), fold(words)
    bare: list[Row] = []
    whole: list[Row] = []
    for row in _rows(source):
        lowered = row.code.casefold()
        if lowered == code:
            whole.append(row)
        elif code in lowered and code in map(fold_code, row.code.partition("/")[0].split("|")):
            bare.append(row)
        elif row.message and row.message[0] != "(" and fits(parts(row.message), text):
            yield row
    yield from whole or bare


def _distinct(found: Iterable[Row]) -> list[Meaning]:
    return [(row.kind, row) for row in dict.fromkeys(found)]
