"""Which backends are installed: found by entry point, none of them imported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final

BACKENDS: Final = "bletui.backends"  # each entry: (Target, Env) -> Backend
RADIOS: Final = (
    "bletui.radios"  # each entry: (Target, Env) -> Radio, for what serves whole radios (the bridge's client)
)
OURS: Final = "bletui"  # the distribution whose backends this project's own tests hold to the port


@dataclass(frozen=True, slots=True)
class Entry:
    """One installed scheme: the distribution and version that brought it, and where it lives."""

    scheme: str
    distribution: str
    version: str
    value: str


def names() -> tuple[Entry, ...]:
    """Every installed scheme, sorted."""
    found = [entry_of(point) for group in (BACKENDS, RADIOS) for point in entry_points(group=group)]
    return tuple(sorted(set(found), key=lambda entry: (entry.scheme, entry.distribution)))


def plugins() -> tuple[Entry, ...]:
    """Those that other packages bring."""
    return tuple(entry for entry in names() if entry.distribution != OURS)


def entry_of(point: EntryPoint) -> Entry:
    dist = point.dist
    return Entry(point.name, dist.name if dist else "", dist.version if dist else "", point.value)
