"""Text to a filter of devices."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bletui.decode import names
from bletui.decode.uuids import uuid_text
from bletui.filters.grammar import FilterError, Names, Parser, Token, filled
from bletui.filters.terms import (
    COMPARISONS,
    Address,
    Company,
    Connectable,
    Contains,
    Filter,
    Name,
    NameLike,
    New,
    OnLane,
    Rssi,
    Term,
    Uuid,
    Word,
)

COMPARED = {str(sign): sign for sign in COMPARISONS}
CompanyNames = Callable[[str], frozenset[int]]

_NUMBER = re.compile(r"[+-]?\d{1,4}")
_COMPANY = re.compile(r"0[xX][0-9a-fA-F]{1,4}|\d{1,5}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_UUID = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}|[0-9a-f]{32}")


def parse(
    text: str, *, company_names: CompanyNames = names.companies, named: Mapping[str, str] | None = None
) -> Filter:
    """The filter that `text` writes; "" is true of every row. `named`: what `@name` stands for.

    Fails with `FilterError`.
    """
    return Filter(_DeviceParser(text, Names(named or {}), company_names).whole())


class _DeviceParser(Parser):
    FIELDS: Mapping[str, tuple[str, ...]] = {
        "rssi": (">=", ">", "<=", "<", "=", "!="), "name": ("=", "!=", "~"), "company": ("=", "!="),
        "uuid": ("=", "!="), "addr": ("=", "!="), "lane": ("=", "!="),
    }  # fmt: skip

    def __init__(self, text: str, named: Names | None, company_names: CompanyNames) -> None:
        super().__init__(text, named)
        self._company_names = company_names

    def opened(self, text: str) -> Term:
        return _DeviceParser(text, self._names, self._company_names).whole()

    def word(self, token: Token) -> Term:
        return Word(token.text)

    def alone(self, token: Token) -> Term:
        match token.text.lower():
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
        value = self.value("contains")
        digits = value.text.replace(" ", "")
        if not _HEX.fullmatch(digits):
            raise FilterError(value.at, f"expected pairs of hex digits, found {value.text}")
        return Contains(bytes.fromhex(digits))

    def condition(self, field: str, sign: str, value: Token) -> Term:
        match field:
            case "rssi":
                return Rssi(COMPARED[sign], _dbm(value))
            case "name":
                return NameLike(filled(value)) if sign == "~" else Name(value.text)
            case "company":
                return Company(value.text, self._company(value))
            case "uuid":
                return Uuid(_uuid(value))
            case "addr":
                return Address(filled(value))
            case _:
                return OnLane(filled(value))

    def _company(self, value: Token) -> frozenset[int]:
        if _COMPANY.fullmatch(value.text):
            number = int(value.text, 16 if value.text[:2] in ("0x", "0X") else 10)
            if number <= 0xFFFF:
                return frozenset((number,))
        if ids := self._company_names(filled(value)):
            return ids
        raise FilterError(value.at, f"no company is named {value.text}; a number is written 0x004C")


def _dbm(value: Token) -> int:
    if not _NUMBER.fullmatch(value.text):
        raise FilterError(value.at, f"expected a number of dBm, found {value.text or 'an empty word'}")
    return int(value.text)


def _uuid(value: Token) -> str:
    digits = value.text.lower().removeprefix("0x").replace("-", "")
    if not _UUID.fullmatch(digits):
        raise FilterError(value.at, f"expected 4, 8 or 32 hex digits, found {value.text or 'an empty word'}")
    return uuid_text(bytes.fromhex(digits)[::-1])
