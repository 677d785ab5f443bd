"""One client's filters: which advertisements of the common scan it gets."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bletui.bridge.router_api.report import evt_type, is_scan_response, name_of, payload, uuid_texts
from bletui.model import Advertisement, ScanFilter, ValueFilter

Check = Callable[[Advertisement], bool]

DEVICES_MAX = 65_536  # remembered for the suppression of duplicates; the oldest is forgotten first
_CONNECTABLE = (0, 4)  # the router's reading of connectable=1


def checks(wanted: ScanFilter) -> tuple[Check, ...]:
    """One predicate per kind of filter, cheapest first; all of them must hold. Duplicates are `Duplicates`' part."""
    found: list[Check] = []
    if wanted.min_rssi is not None:
        found.append(_loud(wanted.min_rssi))
    if wanted.connectable:
        found.append(lambda ad: evt_type(ad) in _CONNECTABLE)
    if wanted.phys:
        found.append(_on_phy(wanted.phys))
    if wanted.addresses:
        found.append(_addressed(wanted.addresses))
    if wanted.names:
        found.append(_named(wanted.names))
    if wanted.uuids:
        found.append(_offering(wanted.uuids))
    if wanted.values:
        found.append(_holding(wanted.values))
    return tuple(found)


def no_scan_response(ad: Advertisement) -> bool:
    """A passive client hears none, also while another client scans actively."""
    return not is_scan_response(ad)


def on_lanes(lanes: Collection[str]) -> Check:
    return lambda ad: ad.lane in lanes


def _loud(least: int) -> Check:
    """An RSSI that the radio can't tell passes: a filter hears more rather than less."""
    return lambda ad: ad.rssi is None or ad.rssi >= least


def _on_phy(phys: tuple[str, ...]) -> Check:
    """Legacy packets are 1M (Core, Vol 6 Part B, 2.3); an extended one that does not tell its PHYs passes."""

    def check(ad: Advertisement) -> bool:
        if ad.extended is None:
            return "1M" in phys
        told = [phy for phy in (ad.extended.primary_phy, ad.extended.secondary_phy) if phy is not None]
        return not told or any(phy in phys for phy in told)

    return check


def addressed(wanted: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether an address is one of these, or begins as one of them that ends in `*`."""
    whole = frozenset(address for address in wanted if not address.endswith("*"))
    prefixes = tuple(address[:-1] for address in wanted if address.endswith("*"))
    return lambda address: address in whole or address.startswith(prefixes)


def _addressed(wanted: tuple[str, ...]) -> Check:
    fits = addressed(wanted)
    return lambda ad: fits(ad.address)


def _named(wanted: tuple[str, ...]) -> Check:
    whole = frozenset(name for name in wanted if "*" not in name)
    prefixes = tuple(name[:-1] for name in wanted if name.endswith("*"))  # `*` alone: the empty prefix
    suffixes = tuple(name[1:] for name in wanted if name.startswith("*") and name != "*")

    def check(ad: Advertisement) -> bool:
        name = name_of(ad)
        return name is not None and (name in whole or name.startswith(prefixes) or name.endswith(suffixes))

    return check


def _offering(parts: tuple[str, ...]) -> Check:
    return lambda ad: any(part in uuid for uuid in uuid_texts(payload(ad)) for part in parts)


def _holding(values: tuple[ValueFilter, ...]) -> Check:
    def check(ad: Advertisement) -> bool:
        raw = payload(ad)
        return any(
            value.data in raw if value.offset is None else raw.startswith(value.data, value.offset) for value in values
        )

    return check


class Duplicates:
    """Suppresses repeated reports. `window` seconds; None: one report per device at all.

    Within a window a changed payload passes at once; advertisement and scan response are told apart.
    """

    def __init__(self, window: float | None) -> None:
        self._window = window
        self._seen: dict[tuple[str, bool], tuple[float, bytes]] = {}

    def __call__(self, ad: Advertisement) -> bool:
        key = ad.address, self._window is not None and is_scan_response(ad)
        before = self._seen.pop(key, None)
        if before is not None and self._is_repeated(ad, before):
            self._seen[key] = before
            return False
        if len(self._seen) >= DEVICES_MAX:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = ad.at, payload(ad)
        return True

    def _is_repeated(self, ad: Advertisement, before: tuple[float, bytes]) -> bool:
        at, raw = before
        return self._window is None or (ad.at - at < self._window and payload(ad) == raw)
