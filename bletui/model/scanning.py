"""What a scan is asked to hear."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ValueFilter:
    """Bytes that the payload must hold, at `offset` or (None) anywhere."""

    data: bytes
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class ScanFilter:
    """What need not be sent: kinds AND together, values of one kind OR. Empty or None: no such filter.

    A lane that can't apply a field hears more than was asked; it never hears less.
    """

    min_rssi: int | None = None  # dBm
    addresses: tuple[str, ...] = ()  # whole, or a prefix that ends in *
    names: tuple[str, ...] = ()  # whole, `pre*` or `*suf`; `*` alone: named devices only
    uuids: tuple[str, ...] = ()  # hex digits without dashes, or a part of them
    values: tuple[ValueFilter, ...] = ()
    connectable: bool = False
    duplicates_ms: int | None = None  # one report per device in this window; 1: one report per device at all
    phys: tuple[str, ...] = ()  # 1M, 2M, CODED


@dataclass(frozen=True, slots=True)
class ScanRequest:
    lanes: tuple[str, ...] | None = None  # None: every lane
    active: bool = False
    filter: ScanFilter = field(default_factory=ScanFilter)
