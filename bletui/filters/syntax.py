"""Text to filter. What is wrong is said with its place, and nothing is guessed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from bletui.decode import names
from bletui.decode.uuids import uuid_text
from bletui.failure import BleError, ErrorKind, Failure
from bletui.filters.terms import (
    COMPARISONS,
    Address,
    And,
    Company,
    Connectable,
    Contains,
    Filter,
    Name,
    NameLike,
    New,
    Not,
    OnLane,
    Or,
    Rssi,
    Term,
    Uuid,
    Word,
)
from bletui.text import bounded, visible

LENGTH_MAX, DEPTH_MAX, NAMES_MAX = 1000, 32, 64
FIELDS = {"rssi": (">=", ">", "<=", "<", "=", "!="), "name": ("=", "!=", "~"), "company": ("=", "!="),
          "uuid": ("=", "!="), "addr": ("=", "!="), "lane": ("=", "!=")}  # fmt: skip
COMPARED = {str(sign): sign for sign in COMPARISONS}
CompanyNames = Callable[[str], frozenset[int]]

_TOKEN = re.compile(
    r"""\s*(?: (?P<text>"(?:\\["\\]|[^"])*(?P<end>"|\Z))
            | (?P<sign>>=|<=|!=|[><=~()!])
            | (?P<word>[^\s()"<>=!~]+) | \Z)""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\([\"\\])")
_NUMBER = re.compile(r"[+-]?\d{1,4}")
_COMPANY = re.compile(r"0[xX][0-9a-fA-F]{1,4}|\d{1,5}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_UUID = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}|[0-9a-f]{32}")


class FilterError(BleError):
    """`request.invalid`. `position` counts characters from 0; at the end of the text something is missing."""

    def __init__(self, position: int, problem: str) -> None:
        detail = bounded(visible(f"filter, character {position + 1}: {problem}"), 300)
        super().__init__(Failure(kind=ErrorKind.REQUEST_INVALID, detail=detail))
        self.position = position


def parse(
    text: str, *, company_names: CompanyNames = names.companies, named: Mapping[str, str] | None = None
) -> Filter:
    """The filter that `text` writes; "" is true of every row. `named`: what `@name` stands for.

    Fails with `FilterError`.
    """
    return Filter(_whole(text, company_names, _Names(named or {})))


def _whole(text: str, company_names: CompanyNames, named: _Names) -> Term:
    if len(text) > LENGTH_MAX:
        raise FilterError(LENGTH_MAX, f"a filter has at most {LENGTH_MAX} characters")
    return _Parser(_tokens(text), company_names, named).whole()


class _Names:
    """Filters by name, each opened in the place where it is used; all together so often and no oftener."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._open: list[str] = []
        self._uses = 0
        self.depth = 0  # of all of them together: a name in brackets opens deeper

    def term(self, token: _Token, company_names: CompanyNames) -> Term:
        name = token.text.removeprefix("@")
        text = self._texts.get(name)
        if text is None:
            near = difflib.get_close_matches(name, self._texts, 1)
            hint = f"did you mean @{near[0]}?" if near else f"there are {', '.join(self._texts) or 'none'}"
            raise FilterError(token.at, f"no filter is named {token.text}; {hint}")
        self._uses += 1
        if name in self._open or self._uses > NAMES_MAX:
            raise FilterError(token.at, f"@{name} comes to itself" if name in self._open else "too many names in names")
        self._open.append(name)
        try:
            return _whole(text, company_names, self)
        except FilterError as wrong:
            problem = wrong.failure.detail.removeprefix("filter, ")
            raise FilterError(token.at, f"in @{name}, {problem}") from wrong
        finally:
            self._open.pop()


class _Token(NamedTuple):
    at: int
    kind: str  # text, sign, word, end
    text: str


def _tokens(text: str) -> list[_Token]:
    tokens = []
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        kind = found.lastgroup if found.lastgroup != "end" else "text"
        if kind is None:
            break
        raw, start = found[kind], found.start(kind)
        if kind == "text":
            if not found["end"]:
                raise FilterError(start, "this quotation mark is never closed")
            raw = visible(_ESCAPED.sub(r"\1", raw[1:-1]))
        tokens.append(_Token(start, kind, visible(raw)))
    return [*tokens, _Token(len(text), "end", "")]


class _Parser:
    """Recursive descent: or, and, not, then terms; deeper than `DEPTH_MAX` is refused."""

    def __init__(self, tokens: list[_Token], company_names: CompanyNames, named: _Names) -> None:
        self._tokens = tokens
        self._next = 0
        self._company_names = company_names
        self._names = named

    def whole(self) -> Term:
        if self._peek().kind == "end":
            return And(())
        term = self._or()
        rest = self._peek()
        if rest.kind != "end":
            raise FilterError(rest.at, f"nothing opens this {rest.text}")
        return term

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._peek()
        self._next += 1
        return token

    def _takes(self, kind: str, *texts: str) -> bool:
        token = self._peek()
        if token.kind != kind or token.text.lower() not in texts:
            return False
        self._next += 1
        return True

    def _or(self) -> Term:
        parts = [self._and()]
        while self._takes("word", "or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Term:
        parts = [self._not()]
        while self._takes("word", "and") or self._starts_term():
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _starts_term(self) -> bool:
        token = self._peek()
        return (
            token.kind == "text" or (token.kind == "word" and token.text.lower() != "or") or token[1:] == ("sign", "(")
        )

    def _not(self) -> Term:
        at = self._peek().at
        if self._names.depth >= DEPTH_MAX:
            raise FilterError(at, f"more than {DEPTH_MAX} levels of ( and not")
        self._names.depth += 1
        try:
            return Not(self._not()) if self._takes("word", "not") else self._term()
        finally:
            self._names.depth -= 1

    def _term(self) -> Term:
        token = self._take()
        match token.kind, token.text.lower():
            case "sign", "(":
                return self._bracketed(token)
            case "text", "":
                raise FilterError(token.at, "an empty word is in everything")
            case "text", _:
                return Word(token.text)
            case "word", ("and" | "or") as word:
                raise FilterError(token.at, f"expected a condition before {word}")
            case "word", word:
                return self._named(token, word)
            case _:
                raise FilterError(token.at, f"expected a condition{f', found {token.text}' if token.text else ''}")

    def _bracketed(self, opening: _Token) -> Term:
        term = self._or()
        if not self._takes("sign", ")"):
            raise FilterError(opening.at, "this ( is never closed")
        return term

    def _named(self, token: _Token, word: str) -> Term:
        sign = self._peek()
        if sign.kind == "sign" and sign.text not in "()":
            return self._compared(token, word)
        if word.startswith("@"):
            return self._names.term(token, self._company_names)
        match word:
            case "adv":
                return self._contains()
            case "connectable":
                return Connectable()
            case "new":
                return New()
            case _:
                return Word(token.text)

    def _contains(self) -> Term:
        if not self._takes("word", "contains"):
            raise FilterError(self._peek().at, "expected contains after adv, as in adv contains 0201")
        value = self._value("contains")
        digits = value.text.replace(" ", "")
        if not _HEX.fullmatch(digits):
            raise FilterError(value.at, f"expected pairs of hex digits, found {value.text}")
        return Contains(bytes.fromhex(digits))

    def _compared(self, field: _Token, word: str) -> Term:
        if word not in FIELDS:
            near = difflib.get_close_matches(word, FIELDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FIELDS)}"
            raise FilterError(field.at, f"there is no field {field.text}; {hint}")
        sign = self._take()
        if sign.text not in FIELDS[word]:
            raise FilterError(sign.at, f"expected {' '.join(FIELDS[word])} after {word}, found {sign.text}")
        value = self._value(sign.text)
        term = self._condition(word, sign.text.removeprefix("!"), value)
        return Not(term) if sign.text == "!=" else term

    def _value(self, after: str) -> _Token:
        token = self._take()
        if token.kind not in ("word", "text"):
            raise FilterError(
                token.at, f"expected a value after {after}{f', found {token.text}' if token.text else ''}"
            )
        return token

    def _condition(self, field: str, sign: str, value: _Token) -> Term:
        match field:
            case "rssi":
                return Rssi(COMPARED[sign], _dbm(value))
            case "name":
                return NameLike(_filled(value)) if sign == "~" else Name(value.text)
            case "company":
                return Company(value.text, self._company(value))
            case "uuid":
                return Uuid(_uuid(value))
            case "addr":
                return Address(_filled(value))
            case _:
                return OnLane(_filled(value))

    def _company(self, value: _Token) -> frozenset[int]:
        if _COMPANY.fullmatch(value.text):
            number = int(value.text, 16 if value.text[:2] in ("0x", "0X") else 10)
            if number <= 0xFFFF:
                return frozenset((number,))
        if ids := self._company_names(_filled(value)):
            return ids
        raise FilterError(value.at, f"no company is named {value.text}; a number is written 0x004C")


def _filled(value: _Token) -> str:
    if not value.text:
        raise FilterError(value.at, "expected a value, found an empty one")
    return value.text


def _dbm(value: _Token) -> int:
    if not _NUMBER.fullmatch(value.text):
        raise FilterError(value.at, f"expected a number of dBm, found {value.text or 'an empty word'}")
    return int(value.text)


def _uuid(value: _Token) -> str:
    digits = value.text.lower().removeprefix("0x").replace("-", "")
    if not _UUID.fullmatch(digits):
        raise FilterError(value.at, f"expected 4, 8 or 32 hex digits, found {value.text or 'an empty word'}")
    return uuid_text(bytes.fromhex(digits)[::-1])
