"""The log without who it is about: one stand-in for each address, name, radio, host and owner, wherever it stands.

Values stay as they were sent, but for addresses and whole names of devices that the log is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple

from bletui.log.about import about
from bletui.log.entries import Entry
from bletui.model import LinkChanged
from bletui.target import Target
from bletui.text import visible

SAID = "anonymous: address-1, name-1, radio-1, host-1, owner-1 stand for real ones; values are as they were sent"
PROGRAMS = frozenset(("session", "plain", "cli", "scan", "bridge", "radio", "router-api"))  # owners that tell of nobody
NAME_LEAST, DIGITS_LEAST = 3, 5  # letters, digits: shorter ones are also words and numbers of any line

_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")
_WORD = re.compile(r"\w+|[^\w\s]")
_SORTS = re.compile(
    # The last group of a UUID and a part of a fingerprint look like an address, and are none.
    r"(?P<address>(?<![0-9A-F:-])[0-9A-F]{2}(?P<by>[:_-])[0-9A-F]{2}(?:(?P=by)[0-9A-F]{2}){4}(?![0-9A-F]|[:-][0-9A-F])"
    r"|(?<![\w-])[0-9A-F]{12}(?![\w-]))"
    r"|(?P<short>(?<![\w:])[0-9A-F]{2}:[0-9A-F]{2}\.\.[0-9A-F]{2}:[0-9A-F]{2}(?![\w:]))"
    r"|(?P<value>(?<!\w)[0-9A-F]{2}(?: [0-9A-F]{2}){2,}(?!\w))"
    r"|(?P<owner>(?<![\w.-])[\w.-]+@[\w.-]+)"
    r"|(?P<home>/(?:home|Users)/[^/\s:'\"]+)"
    r"|(?P<host>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|(?<![\w:])(?:[0-9A-F]{0,4}:){2,7}[0-9A-F]{0,4}(?![\w:]))",
    re.IGNORECASE,
)


class Meant(NamedTuple):
    """What sort of thing a text or bytes are, and whose."""

    sort: str
    whose: str


class Anonymous:
    """The same thing has the same stand-in as long as this lives; numbers count in the order of appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}
        self._texts: dict[str, Meant] = {}  # whatever the case
        self._lengths: dict[str, list[int]] = {}  # of these, the longest first, by their first word
        self._bytes: dict[bytes, Meant] = {}  # what may stand in a value
        self._sizes: list[int] = []  # of these, the longest first
        self._named: dict[str, str] = {}  # whose a name was last
        self._open: set[str] = set()  # radios
        self._met: set[str] = set()  # addresses as they are written

    def know(self, targets: Mapping[str, Target], names: Iterable[tuple[str, str]]) -> None:
        """Learns of the radios that are open, by name, and of devices' names with the address of each."""
        for radio, target in targets.items():
            self._open.add(radio)
            if target.host or target.called:
                self._learn(radio, Meant("radio", radio))
                self._learn(target.host, Meant("host", target.host))
        for address, name in names:
            whose = _plain(address)
            if _is_telling(name) and self._named.get(name) != whose:
                self._named[name] = whose
                self._learn(name, Meant("name", whose))
                self._learn_bytes(name.encode(errors="replace"), Meant("name", whose))

    def meet(self, entries: Iterable[Entry]) -> None:
        """Learns of whom these lines tell."""
        for entry in entries:
            if entry.radio not in self._open:  # it was closed, and may have been called by its host
                self._learn(entry.radio, Meant("radio", entry.radio))
            address = about(entry.event).address
            if address is not None and address not in self._met:
                self._met.add(address)
                self._meet(address, Meant("address", _plain(address)))
            for holder in entry.event.holders if isinstance(entry.event, LinkChanged) else ():
                if holder not in PROGRAMS:
                    self._learn(holder, Meant("owner", holder))

    def _meet(self, address: str, meant: Meant) -> None:
        if not _ADDRESS.fullmatch(meant.whose):
            self._learn(address, meant)
            return
        data = bytes.fromhex(meant.whose.replace(":", ""))
        for order in (data, data[::-1]):  # over the air the last byte comes first (Core, Vol 6 Part B, 1.3)
            self._learn_bytes(order, meant)

    def _learn_bytes(self, data: bytes, meant: Meant) -> None:
        self._bytes.setdefault(data, meant)
        if len(data) not in self._sizes:
            self._sizes = sorted((*self._sizes, len(data)), reverse=True)

    def _learn(self, text: str, meant: Meant) -> None:
        shown = visible(text).strip()
        first = _WORD.match(shown)
        if first is not None:
            self._texts.setdefault(shown.casefold(), meant)
            lengths = self._lengths.setdefault(first[0].casefold(), [])
            if len(shown) not in lengths:
                lengths.append(len(shown))
                lengths.sort(reverse=True)

    # -- what is said, with stand-ins

    def text(self, said: str) -> str:
        parts, end = [], 0
        for start, stop, meant in self._known(said):
            parts += [_SORTS.sub(self._stand_in, said[end:start]), self._numbered(*meant)]
            end = stop
        return "".join((*parts, _SORTS.sub(self._stand_in, said[end:])))

    def record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The same of every text in a JSON object, but its words for what it is; keys and numbers stay."""
        return {key: one if key in ("schema", "kind", "level") else self._value_of(one) for key, one in record.items()}

    def _value_of(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case dict():
                return self.record(value)
            case list():
                return [self._value_of(one) for one in value]
            case _:
                return value

    def _known(self, said: str) -> Iterator[tuple[int, int, Meant]]:
        """Where texts that were learned stand alone, the longest first where several begin."""
        end = 0
        for word in _WORD.finditer(said):
            start = word.start()
            for length in self._lengths.get(word[0].casefold(), ()) if start >= end else ():
                stop = start + length
                meant = self._texts.get(said[start:stop].casefold()) if stop <= len(said) else None
                if meant is not None and not (said[stop - 1].isalnum() and said[stop : stop + 1].isalnum()):
                    yield start, stop, meant
                    end = stop
                    break

    def _stand_in(self, found: re.Match[str]) -> str:
        text, sort = found[0], found.lastgroup or ""
        match sort:
            case "home":
                return "~"
            case "value":
                return self._value(text)
            case "short":
                return self._short(text.upper())
            case "host" if not _is_a_host(text):
                return text
            case "address":
                return self._numbered(sort, _plain(text))
            case _:
                return self._numbered(sort, text.lower())

    def _value(self, text: str) -> str:
        data, parts, at = bytes.fromhex(text), [], 0
        while at < len(data):
            size = next((size for size in self._sizes if data[at : at + size] in self._bytes), 0)
            parts.append(self._numbered(*self._bytes[data[at : at + size]]) if size else text[3 * at : 3 * at + 2])
            at += size or 1
        return " ".join(parts)

    def _short(self, text: str) -> str:
        """The ends of an address: of one that was met, if there is one."""
        first, last = text.split("..")
        met = self._numbers.get("address", {})
        return self._numbered("address", next((one for one in met if one[:5] == first and one[-5:] == last), text))

    def _numbered(self, sort: str, whose: str) -> str:
        numbers = self._numbers.setdefault("address" if sort == "name" else sort, {})
        ends = f"{whose[:5]}..{whose[-5:]}"
        if whose not in numbers and ends in numbers:
            numbers[whose] = numbers.pop(ends)
        return f"{sort}-{numbers.setdefault(whose, len(numbers) + 1)}"


def _plain(address: str) -> str:
    """Upper case with colons, where it is six bytes; another system's id as it is."""
    digits = re.sub("[:_-]", "", address).upper()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2)) if re.fullmatch("[0-9A-F]{12}", digits) else address


def _is_telling(name: str) -> bool:
    return len(name) >= (NAME_LEAST if any(map(str.isalpha, name)) else DIGITS_LEAST)


def _is_a_host(text: str) -> bool:
    """A clock time has colons too; this machine's own address tells nothing."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)
