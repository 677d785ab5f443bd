"""The target string, parsed to a frozen value: `local:hci1`, `cassia://192.168.1.20`, `sim:crowd?devices=5000`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bletui.failure import BleError, ErrorKind, Failure
from bletui.fingerprint import parsed
from bletui.text import bounded, visible

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a radio is. `key` names a credential and is never one; `name` is what follows a scheme without `//`."""

    scheme: str
    name: str = ""
    host: str = ""
    port: int | None = None
    key: str = ""
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    called: str = field(default="", compare=False)  # by whoever configured it; names its radio and lanes

    def __str__(self) -> str:
        query = "&".join(f"{quote(k)}={quote(v, safe=':/*,')}" for k, v in self.params.items())
        if self.host:
            host = f"[{self.host}]" if ":" in self.host else self.host
            key = f"{quote(self.key, safe='')}@" if self.key else ""
            port = "" if self.port is None else f":{self.port}"
            where = f"//{key}{host}{port}{self.path}"
        else:
            where = self.name
        return f"{self.scheme}:{where}" + (f"?{query}" if query else "")

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Fails with `request.invalid`, naming the nearest, if a parameter is not one of `known`."""
        for name in self.params:
            if name not in known:
                import difflib  # only a typo pays for it

                near = difflib.get_close_matches(name, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(sorted(known)) or 'none'}"
                raise invalid(f"{self.scheme}: has no parameter {name!r}{hint}")

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """A numeric parameter within [low, high], else `request.invalid`."""
        text = self.params.get(name)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise invalid(f"{name}={text} is not a number from {_written(low)} to {_written(high)}")
        return value

    def pin(self) -> bytes | None:
        """The fingerprint that `pin=` names, else `request.invalid`; None without one."""
        text = self.params.get("pin")
        pinned = parsed(text) if text is not None else None
        if text is not None and pinned is None:
            raise invalid(f"pin={text}: sha256: and 64 hex digits of the certificate's fingerprint")
        return pinned


def parse(text: str) -> Target:
    """The target that `text` names; `request.invalid` says what is wrong with it."""
    scheme, colon, rest = text.strip().partition(":")
    scheme = scheme.lower()
    if not colon or not _SCHEME.fullmatch(scheme) or is_address(text):
        raise invalid(
            f"{text!r} is not a target; {meant(text) or 'one looks like local:, sim: or cassia://192.168.1.20'}"
        )
    return _network(scheme, rest, text) if rest.startswith("//") else _named(scheme, rest)


def is_address(text: str) -> bool:
    """Whether it is a device's: six pairs of hex digits; an operating system may have ids of its own instead."""
    return re.fullmatch(r"[0-9A-Fa-f]{2}([:-]?)([0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}", text) is not None


def meant(text: str) -> str:
    """What was probably meant by words that are no target; "" where nothing comes to mind."""
    word = text.strip().lower()
    if is_address(word):
        return "it is a device's address, and the target (local:, sim: …) comes before it"
    if word in ("local", "sim", "bridge"):
        return f"did you mean {word}: ?"
    if re.fullmatch(r"hci\d{1,3}", word):
        return f"did you mean local:{word} ?"
    if re.fullmatch(r"(\d{1,3}\.){3}\d{1,3}(:\d{1,5})?", word):
        return f"did you mean cassia://{word} ?"
    return ""


def _written(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:g}"


def _named(scheme: str, rest: str) -> Target:
    name, _, query = rest.partition("?")
    return Target(scheme, name=unquote(name), params=_params(query))


def _network(scheme: str, rest: str, text: str) -> Target:
    authority = re.split(r"[/?#]", rest[2:], maxsplit=1)[0]
    if ":" in authority.rpartition("@")[0]:  # before anything that quotes the text
        raise invalid("a target names a credential (KEY@host) and never holds a secret (user:secret@host)")
    try:
        parts = urlsplit(f"x:{rest}")
        port, host = parts.port, parts.hostname
    except ValueError as wrong:
        raise invalid(f"{text!r}: {wrong}") from None
    if not host:
        raise invalid(f"{text!r} names no host")
    if parts.fragment:
        raise invalid(f"{text!r} has a fragment (#…), which means nothing in a target")
    path = parts.path.rstrip("/")
    return Target(scheme, "", host, port, unquote(parts.username or ""), path, _params(parts.query))


def _params(query: str) -> dict[str, str]:
    params: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in params:
            raise invalid(f"parameter {name!r} is given twice")
        params[name] = value
    return params


def invalid(detail: str) -> BleError:
    """A refusal before any radio is touched: the words of the person who typed, bounded and visible."""
    return BleError(Failure(kind=ErrorKind.REQUEST_INVALID, detail=bounded(visible(detail), 300)))
