"""What a plug-in emits, held to the types of the port: a wrong one must not end the console hours later."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, TypeVar, cast

from bletui.failure import Failure
from bletui.model import (
    PDUS,
    AdvertisedFields,
    Advertisement,
    Characteristic,
    Descriptor,
    Event,
    Extended,
    GattTree,
    LaneChanged,
    LaneDown,
    LinkChanged,
    Notification,
    Peer,
    Prompt,
    PromptClosed,
    Service,
    ServicesChanged,
    Shed,
    StreamChanged,
    TreeChanged,
)
from bletui.text import is_clean, visible
from bletui.wire.schema import ShapeError, codec_of

T = TypeVar("T")

_NONE = type(None)
_KINDS: dict[str, tuple[type, ...]] = {
    "at": (float, int),
    "lane": (str,),
    "address": (str,),
    "address_type": (str, _NONE),
    "rssi": (int, _NONE),
    "pdu": (str, _NONE),
    "raw": (bytes, _NONE),
    "name": (str, _NONE),
    "fields": (AdvertisedFields, _NONE),
    "extended": (Extended, _NONE),
}
_FORMS = frozenset(product(*_KINDS.values()))  # looked up whole: thousands of advertisements a second pass here
_ADDRESS_TYPES = frozenset(("public", "random", None))
_PDUS = frozenset((*PDUS, None))
_OTHERS = frozenset(
    (
        LaneChanged, LaneDown, LinkChanged, TreeChanged, ServicesChanged,
        Notification, Prompt, PromptClosed, StreamChanged, Shed,
    )
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def admitted(event: object) -> Event:
    """The event with its strings visible and its lists as tuples; `ShapeError` says what is wrong with it."""
    if type(event) is Advertisement:
        return _heard(event)
    if type(event) is Notification and _plain_notification(event):
        return event
    if type(event) not in _OTHERS:
        raise ShapeError(f"{type(event).__name__} is no event of a backend")
    try:
        return cast("Event", shaped(type(event), event))
    except ShapeError as wrong:
        raise ShapeError(f"{type(event).__name__}: {wrong}") from wrong


def shaped(kind: Any, value: T) -> T:
    """`value` as the type that it should have, strings visible and lists as tuples; else `ShapeError`."""
    codec = codec_of(kind)
    try:
        plain = codec.plain(value)
    except (AttributeError, TypeError, ValueError, KeyError, IndexError) as wrong:
        found = "of other parts" if type(value) is kind else f"expected, {type(value).__name__} found"
        raise ShapeError(f"{getattr(kind, '__name__', kind)} {found} ({wrong})") from wrong
    back = _shown(codec.value(plain))
    if isinstance(back, GattTree | TreeChanged):
        _refuse_short_uuids(back if isinstance(back, GattTree) else back.tree)
    return cast("T", back)


def _heard(one: Advertisement) -> Advertisement:
    if tuple(map(type, one)) not in _FORMS:
        raise ShapeError(_misfit(one))
    if one.address_type not in _ADDRESS_TYPES or one.pdu not in _PDUS:
        raise ShapeError(f"Advertisement: address_type {one.address_type!r} or pdu {one.pdu!r} is not of the port")
    if not (_printable(one[1:3]) or is_clean(one.lane + one.address)):
        raise ShapeError(f"Advertisement: {one.lane!a} or {one.address!a} has signs that no terminal prints")
    name = one.name
    if name is not None and not _printable((name,)):
        one = one._replace(name=visible(name))
    if one.fields is not None and not _plain_fields(one.fields):
        one = one._replace(fields=shaped(AdvertisedFields, one.fields))
    if one.extended is not None:
        one = one._replace(extended=shaped(Extended, one.extended))
    return one


def _plain_notification(one: Notification) -> bool:
    """Whether it is as it should be; the long way says what is not."""
    return (
        type(one.at) is float
        and type(one.peer) is Peer
        and _printable(one.peer)
        and type(one.handle) is int
        and type(one.value) is bytes
        and one.indication in (None, True, False)
        and type(one.seq) in (_NONE, int)
    )


def _plain_fields(one: Any) -> bool:
    return (
        isinstance(one.manufacturer, Mapping)
        and isinstance(one.service_data, Mapping)
        and all(type(key) is int and type(data) is bytes for key, data in one.manufacturer.items())
        and _printable(one.service_data)
        and all(type(data) is bytes for data in one.service_data.values())
        and type(one.service_uuids) is tuple
        and _printable(one.service_uuids)
        and type(one.tx_power) in (_NONE, int)
    )


def _printable(texts: Iterable[object]) -> bool:
    return all(type(text) is str and text.isascii() and text.isprintable() for text in texts)


def _misfit(one: Advertisement) -> str:
    for (name, kinds), value in zip(_KINDS.items(), one, strict=True):
        if type(value) not in kinds:
            words = " or ".join("None" if kind is _NONE else kind.__name__ for kind in kinds)
            return f"Advertisement: {name}: {words} expected, {type(value).__name__} found"
    raise AssertionError("every field fits, so the form does")


def _shown(value: Any) -> Any:
    """Every string visible, but those of a failure: these are kept as they came and made visible where shown."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, tuple):
        items = map(_shown, value)
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, Mapping):
        return {_shown(key): _shown(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, (Failure, type)):
        fields = dataclasses.fields(value)
        return dataclasses.replace(value, **{each.name: _shown(getattr(value, each.name)) for each in fields})
    return value


def _refuse_short_uuids(tree: GattTree) -> None:
    for service in tree.services:
        _refuse_short(service)
        for characteristic in service.characteristics:
            _refuse_short(characteristic)
            for descriptor in characteristic.descriptors:
                _refuse_short(descriptor)


def _refuse_short(attribute: Service | Characteristic | Descriptor) -> None:
    if not _UUID.fullmatch(attribute.uuid):
        where = f"uuid {attribute.uuid!r} at handle {attribute.handle}"
        raise ShapeError(f"{where}: 128 bits, lower case, with dashes expected")
