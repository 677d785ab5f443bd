"""Many owners, one scan: the union of what they wish."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace

from bletui.model import ScanFilter, ScanRequest


def union(wishes: Collection[ScanRequest]) -> ScanRequest | None:
    """What hears enough for everyone: active if any asks for it; a filter only where all agree. None: no scan."""
    if not wishes:
        return None
    lanes: tuple[str, ...] | None = None
    if all(wish.lanes is not None for wish in wishes):
        lanes = tuple(dict.fromkeys(lane for wish in wishes for lane in wish.lanes or ()))
    return ScanRequest(lanes, any(wish.active for wish in wishes), _agreed([wish.filter for wish in wishes]))


def _agreed(filters: list[ScanFilter]) -> ScanFilter:
    first, *others = filters
    open_ = ScanFilter()
    for field in fields(ScanFilter):
        if any(getattr(other, field.name) != getattr(first, field.name) for other in others):
            first = replace(first, **{field.name: getattr(open_, field.name)})
    return first
