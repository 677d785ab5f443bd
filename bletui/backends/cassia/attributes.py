"""GATT in the router's JSON: trees, values, notifications. Pure; what can't be read is `MalformedError`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bletui.backends.cassia.api import Json, MalformedError, address, integer, parse
from bletui.backends.cassia.arguments import VALUE_MAX
from bletui.model import Characteristic, Descriptor, Properties, Service

CCCD = "00002902-0000-1000-8000-00805f9b34fb"  # Core, Vol 3 Part G, 3.3.3.3
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHORT = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}")
_BASE = "-0000-1000-8000-00805f9b34fb"  # Core, Vol 3 Part B, 2.5.1
_SEQUENCE_MAX = (1 << 53) - 1

Attribute = TypeVar("Attribute", Service, Characteristic, Descriptor)


@dataclass(frozen=True, slots=True)
class Told:
    """One notification as the router tells it."""

    address: str
    handle: int
    value: bytes
    indication: bool | None
    seq: int | None


def services(body: bytes) -> tuple[Service, ...]:
    """`…/services` or `…/services/characteristics/descriptors`, in the order of handles."""
    return _sorted(_service(one) for one in _listed(parse(body), "services"))


def characteristics(body: bytes) -> tuple[Characteristic, ...]:
    """`…/characteristics`."""
    return _sorted(_characteristic(one) for one in _listed(parse(body), "characteristics"))


def descriptors(body: bytes, of: Characteristic, end: int) -> tuple[Descriptor, ...]:
    """`…/characteristics/UUID/descriptors`: those between `of` and the handle `end`, for a UUID may occur twice."""
    found = (_descriptor(one) for one in _listed(parse(body), "descriptors"))
    return _sorted(one for one in found if of.handle < one.handle < end)


def joined(found: Sequence[Service], flat: Sequence[Characteristic]) -> tuple[Service, ...]:
    """Services with the characteristics that stand between their handle and the next one's."""
    ends = [*(one.handle for one in found[1:]), 0x10000]
    return tuple(
        replace(one, characteristics=tuple(each for each in flat if one.handle < each.handle < end))
        for one, end in zip(found, ends, strict=True)
    )


def value(body: bytes, handle: int) -> bytes:
    """`…/handle/H/value`; the key is absent where the value is empty."""
    found = parse(body)
    if not isinstance(found, dict):
        raise MalformedError("the value is not an object")
    if found and "handle" not in found and "value" not in found:
        raise MalformedError("neither a handle nor a value is told")
    if "handle" in found and integer(found["handle"], 0, 0xFFFF, "handle") != handle:
        raise MalformedError("the value is that of another handle")
    return _bytes(found.get("value", ""), "value")


def notification(event: Json) -> Told:
    """One event of `/gatt/nodes`; an access controller's names the device otherwise."""
    if not isinstance(event, dict):
        raise MalformedError("a notification is not an object")
    seq = event.get("seqNum")
    kind = event.get("dataType")
    return Told(
        address(event.get("id", event.get("device"))),
        integer(event.get("handle"), 1, 0xFFFF, "handle"),
        _bytes(event.get("value", ""), "value"),
        {"notification": False, "indication": True}.get(kind) if isinstance(kind, str) else None,
        None if seq is None else integer(seq, 0, _SEQUENCE_MAX, "seqNum"),
    )


def _service(found: Json) -> Service:
    fields = _object(found, "service")
    primary = fields.get("primary", True)
    if not isinstance(primary, bool):
        raise MalformedError("a service's primary is not true or false")
    inside = _listed(fields.get("characteristics", []), "characteristics")
    return Service(_uuid(fields), _handle(fields), _sorted(_characteristic(one) for one in inside), primary)


def _characteristic(found: Json) -> Characteristic:
    fields = _object(found, "characteristic")
    handle = _handle(fields)
    inside = (_descriptor(one) for one in _listed(fields.get("descriptors", []), "descriptors"))
    return Characteristic(
        _uuid(fields),
        handle,
        Properties(integer(fields.get("properties"), 0, 0xFF, "properties")),
        _sorted(one for one in inside if one.handle != handle),  # the router lists the value itself first
    )


def _descriptor(found: Json) -> Descriptor:
    fields = _object(found, "descriptor")
    return Descriptor(_uuid(fields), _handle(fields))


def _object(found: Json, what: str) -> dict[str, Json]:
    if not isinstance(found, dict):
        raise MalformedError(f"a {what} is not an object")
    return found


def _listed(found: Json, what: str) -> list[Json]:
    """A list; an empty one comes as `{}`, a table encoder's quirk, and of one only the one itself."""
    if found == {}:
        return []
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise MalformedError(f"no list of {what}")
    return found


def _handle(fields: dict[str, Json]) -> int:
    return integer(fields.get("handle"), 1, 0xFFFF, "handle")


def _uuid(fields: dict[str, Json]) -> str:
    text = fields.get("uuid")
    lower = text.lower() if isinstance(text, str) else ""
    if _SHORT.fullmatch(lower):
        return f"{lower:0>8}{_BASE}"
    if not _UUID.fullmatch(lower):
        raise MalformedError("uuid is no UUID")
    return lower


def _sorted(found: Iterable[Attribute]) -> tuple[Attribute, ...]:
    listed = sorted(found, key=lambda one: one.handle)
    if len({one.handle for one in listed}) != len(listed):
        raise MalformedError("a handle occurs twice")
    return tuple(listed)


def _bytes(digits: Json, what: str) -> bytes:
    if not isinstance(digits, str) or len(digits) > 2 * VALUE_MAX:
        raise MalformedError(f"{what} is not hex of at most {VALUE_MAX} bytes")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise MalformedError(f"{what} is not hex") from None
