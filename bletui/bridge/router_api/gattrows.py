"""A device's attribute table as the router writes it; pure."""

from __future__ import annotations

from collections.abc import Iterable

from bletui.model import Characteristic, Descriptor, GattTree, Service

Row = dict[str, object]


def services(found: Iterable[Service]) -> list[Row]:
    return [{"uuid": one.uuid, "primary": one.primary, "handle": one.handle} for one in found]


def characteristics(found: Iterable[Characteristic]) -> list[Row]:
    return [{"handle": one.handle, "properties": int(one.properties), "uuid": one.uuid} for one in found]


def descriptors(found: Characteristic) -> list[Row]:
    """The characteristic's own value stands first."""
    attributes: list[Characteristic | Descriptor] = [found, *found.descriptors]
    return [{"handle": one.handle, "uuid": one.uuid} for one in attributes]


def whole(tree: GattTree) -> list[Row]:
    """A service without characteristics has no key for them."""
    return [_service(one) for one in tree.services]


def _service(found: Service) -> Row:
    rows = [{"descriptors": descriptors(one), **row} for one, row in zip(
        found.characteristics, characteristics(found.characteristics), strict=True
    )]  # fmt: skip
    inside: Row = {"characteristics": rows} if rows else {}
    return {"uuid": found.uuid, "primary": found.primary, **inside, "handle": found.handle}


def all_characteristics(tree: GattTree) -> list[Characteristic]:
    return [one for service in tree.services for one in service.characteristics]


def switched_by(tree: GattTree, handle: int) -> Characteristic | None:
    """The characteristic whose CCCD stands at `handle`."""
    for one in all_characteristics(tree):
        if any(each.handle == handle and each.uuid[4:8] == "2902" for each in one.descriptors):
            return one
    return None
