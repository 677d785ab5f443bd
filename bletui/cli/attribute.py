"""One attribute of a device's table, by handle, UUID or name as a person types it."""

from __future__ import annotations

import re

from bletui.decode.attributes import Attribute, attributes
from bletui.decode.uuids import BASE
from bletui.failure import BleError, ErrorKind, Failure
from bletui.model import GattTree
from bletui.target import invalid
from bletui.text import bounded, visible

_SHOWN = 8  # candidates named where a word means several


def find(tree: GattTree, text: str) -> Attribute:
    """The one characteristic or descriptor that `text` means: a handle (`0x0012`, `18`), a UUID, a name or part of one.

    Raises `gatt.not-found` for none, `request.invalid` with the candidates for several.
    """
    valued = [one for one in attributes(tree) if one.kind != "service"]
    handles, uuids = _numbers(text)
    found = [one for one in valued if one.handle in handles or one.uuid in uuids]
    word = text.strip().casefold()
    found = found or [one for one in valued if one.name.casefold() == word]
    found = found or [one for one in valued if word and word in one.name.casefold()]
    match found:
        case [one]:
            return one
        case []:
            raise _missing(tree, text)
        case _:
            raise invalid(f"{text!r} may be {_listed(found)}; name one by its handle")


def typed(text: str) -> str:
    """The text, if it can name an attribute at all; else `request.invalid`, before any radio is touched."""
    number = re.fullmatch(r"0x([0-9a-f]+)|([0-9]+)", text.strip().lower())
    handles, uuids = _numbers(text)
    if not text.strip() or (number and not handles and not uuids):
        raise invalid(f"{text!r} is no attribute: a handle (0x0001 to 0xffff), a UUID or a name")
    return text


def _numbers(text: str) -> tuple[set[int], set[str]]:
    """Every handle and every UUID that the text may stand for: `2902` is a UUID, or a decimal handle."""
    word = text.strip().lower()
    digits = word.removeprefix("0x")
    handles: set[int] = set()
    if word != digits and re.fullmatch(r"[0-9a-f]{1,4}", digits):
        handles.add(int(digits, 16))
    elif re.fullmatch(r"[0-9]{1,5}", word):
        handles.add(int(word))
    uuids: set[str] = set()
    if re.fullmatch(r"[0-9a-f]{4}|[0-9a-f]{8}", digits):
        uuids.add(f"{digits:0>8}{BASE}")
    elif re.fullmatch(r"[0-9a-f]{8}(-?)([0-9a-f]{4}\1){3}[0-9a-f]{12}", word):
        plain = word.replace("-", "")
        uuids.add("-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:])))
    return {handle for handle in handles if 1 <= handle <= 0xFFFF}, uuids


def _listed(found: list[Attribute]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(map(str, found[:_SHOWN])) + more


def _in_service(tree: GattTree, text: str) -> list[Attribute] | None:
    """The characteristics of the service that `text` is; None where it is none."""
    handles, uuids = _numbers(text)
    word = text.strip().casefold()
    every = list(attributes(tree))
    services = [one for one in every if one.kind == "service"]
    meant = {one.uuid for one in services if one.handle in handles or one.uuid in uuids or one.name.casefold() == word}
    return [one for one in every if one.kind == "characteristic" and one.service in meant] if meant else None


def _missing(tree: GattTree, text: str) -> BleError:
    inside = _in_service(tree, text)
    words = f"no characteristic or descriptor is {text!r}; gatt lists them"
    if inside is not None:
        words = f"{text!r} is a service, which has no value; in it: {_listed(inside) or 'nothing'}"
    detail = bounded(visible(words), 300)
    return BleError(
        Failure(
            kind=ErrorKind.GATT_NOT_FOUND,
            operation="find",
            lane=tree.peer.lane,
            address=tree.peer.address,
            detail=detail,
        )
    )
