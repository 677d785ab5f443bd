"""The part of a filter that a radio can apply before anything is sent.

It may let through what the filter hides, and never keeps back what the filter shows. A radio judges packets, a filter
judges devices, whose name may come in one packet and their services in another; so names and UUIDs are bounded only
where nothing else in the filter needs a packet that this would keep back. Case and escapes stay here too.
"""

from __future__ import annotations

from itertools import takewhile

from bletui.decode.uuids import short
from bletui.filters.terms import Address, And, Filter, Name, NameLike, New, Not, OnLane, Or, Rssi, Term, Uuid
from bletui.model import ScanFilter

_OPEN = ScanFilter()


def push_down(wanted: Filter) -> ScanFilter:
    """What every matching row satisfies of RSSI, addresses, names and UUIDs."""
    return _bound(wanted.term, True)


def _bound(term: Term, wanted: bool) -> ScanFilter:
    """The bound on rows for which `term` is `wanted`."""
    match term:
        case Not(inner):
            return _bound(inner, not wanted)
        case And(parts) | Or(parts) if not parts:
            return _OPEN
        case And(parts) | Or(parts):
            bounds = [_bound(part, wanted) for part in parts]
            if isinstance(term, Or) is wanted:
                return _either(bounds)
            return _both(bounds, alone=sum(map(_needs_payload, parts)) == 1)
        case Rssi():
            return ScanFilter(min_rssi=_least(term, wanted))
        case Address(pattern) if wanted:
            head = _before_wildcard(pattern.upper())
            return ScanFilter(addresses=(head if len(head) == len(pattern) else f"{head}*",) if head else ())
        case Name(text) if wanted and text:
            return ScanFilter(names=(f"{_same_everywhere(text)}*",))
        case NameLike(pattern) if wanted:
            return ScanFilter(names=(f"{_same_everywhere(_before_wildcard(pattern))}*",))
        case Uuid(uuid) if wanted:
            number = short(uuid)
            digits = uuid.replace("-", "") if number is None else f"{number:04x}"
            return ScanFilter(uuids=(digits,))
        case _:
            return _OPEN


def _least(term: Rssi, wanted: bool) -> int | None:
    match term.compare, wanted:
        case (">=" | "=", True) | ("<", False):
            return term.value
        case (">", True) | ("<=", False):
            return term.value + 1
        case _:
            return None


def _before_wildcard(pattern: str) -> str:
    return pattern.partition("*")[0].partition("?")[0]


def _same_everywhere(text: str) -> str:
    r"""The start of `text` that a radio finds too: one that minds case and knows no `\x1b`.

    A whole name is not more than a start: zeros at its end, which are cut here, are part of it there.
    """
    return "".join(takewhile(lambda letter: letter == letter.casefold() == letter.upper() != "\\", text))


def _needs_payload(term: Term) -> bool:
    match term:
        case Not(inner):
            return _needs_payload(inner)
        case And(parts) | Or(parts):
            return any(map(_needs_payload, parts))
        case Rssi() | Address() | OnLane() | New():
            return False
        case _:
            return True


def _both(bounds: list[ScanFilter], *, alone: bool) -> ScanFilter:
    """Each bound holds. Of two address lists the first is as good; `alone`: one part at most needs the payload."""
    least = [bound.min_rssi for bound in bounds if bound.min_rssi is not None]
    return ScanFilter(
        min_rssi=max(least, default=None),
        addresses=next((bound.addresses for bound in bounds if bound.addresses), ()),
        names=next((bound.names for bound in bounds if alone and bound.names), ()),
        uuids=next((bound.uuids for bound in bounds if alone and bound.uuids), ()),
    )


def _either(bounds: list[ScanFilter]) -> ScanFilter:
    """A kind is bounded only where every branch bounds it."""
    least = [bound.min_rssi for bound in bounds]
    return ScanFilter(
        min_rssi=None if None in least else min(value for value in least if value is not None),
        addresses=_union([bound.addresses for bound in bounds]),
        names=_union([bound.names for bound in bounds]),
        uuids=_union([bound.uuids for bound in bounds]),
    )


def _union(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values)) if all(lists) else ()
