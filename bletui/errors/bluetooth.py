"""Exceptions of Bluetooth libraries, by attributes before text: bleak, dbus-fast, bumble, aioesphomeapi."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from bletui.errors.foreign import comes_from, is_a, names, text_of
from bletui.errors.network import Found
from bletui.errors.tables import find

_SOURCES = {
    "bleak": "bleak",
    "dbus_fast": "bleak",
    "bleak_retry_connector": "bleak_retry_connector",
    "aioesphomeapi": "esphome.api",
    "bleak_esphome": "esphome.connect",
    "bumble": "bumble",
}
_OWN_TABLES = {"local": "bleak", "esphome": "esphome.connect"}  # by backend
_LIBRARIES = frozenset(_SOURCES)
_PYTHON = frozenset({"builtins", "asyncio"})
_ATT_ERROR = re.compile(r"Operation failed with ATT error: (0x[0-9a-f]{1,2})(?: \(.*\))?", re.IGNORECASE)
_SPACES = {"att": "att", "smp": "smp", "hci": "hci", "l2cap": "l2cap"}


def recognise(chain: list[BaseException], backend: str, when: tuple[str, ...]) -> Found | None:
    """The first exception of a chain that a Bluetooth table knows; builtin ones are read in the backend's own table."""
    unknown: Found | None = None
    for one in sorted(chain, key=_says_nothing_itself):
        readings = list(_readings(one, _OWN_TABLES.get(backend)))
        for source, code, message in readings:
            if row := find(source, code, message, when):
                return Found(source, code, message, row)
        if readings and unknown is None and comes_from(one, _LIBRARIES):
            unknown = Found(*readings[0], None)  # its own words are more than the name of its class
    return unknown


def _says_nothing_itself(one: BaseException) -> bool:
    """Whether it only wraps its cause, which is then read first."""
    return one.__cause__ is not None and is_a(one, "bleak_retry_connector.BleakConnectionError")


def att_number(message: str) -> str | None:
    """The number in what BlueZ says of an ATT error that it has no name for (gatt-client.c)."""
    found = _ATT_ERROR.fullmatch(message.strip())
    return found[1] if found else None


def _readings(one: BaseException, own: str | None) -> Iterator[tuple[str, str, str]]:
    text = text_of(one)
    if comes_from(one, _PYTHON):
        if own is not None:
            yield from ((own, name, text) for name in _builtin_names(one))
        return
    source = _SOURCES.get(type(one).__module__.partition(".")[0])
    if source is None:
        return
    with suppress(Exception):  # another version of the library than the one known here: its names and text still count
        yield from tuple(_attributes(one))
    known = [name.removeprefix("bumble.") for name in names(one, _LIBRARIES)]
    if isinstance(one.__cause__, TimeoutError):
        known = [f"{name}/cause=TimeoutError" for name in known] + known
    for table in dict.fromkeys((own, source)):
        if table is not None:
            yield from ((table, name, text) for name in known)


def _builtin_names(one: BaseException) -> Iterator[str]:
    if getattr(one, "winerror", None) is not None:
        yield "OSError/winerror"
    yield from (name for name in names(one, _PYTHON) if name != "OSError")


def _attributes(one: Any) -> Iterator[tuple[str, str, str]]:
    if is_a(one, "bleak.BleakDBusError"):
        yield from _reply(str(one.dbus_error), str(one.args[1]) if len(one.args) > 1 else "")
    elif is_a(one, "dbus_fast.DBusError"):
        yield from _reply(str(getattr(one.type, "value", one.type)), str(one.text))
    elif is_a(one, "bleak.BleakGATTProtocolError"):
        yield "att", str(int(one.code)), str(one.args[1]) if len(one.args) > 1 else ""
    elif is_a(one, "bleak.BleakBluetoothNotAvailableError"):
        yield "bleak", f"BleakBluetoothNotAvailableError/{one.reason.name}", str(one.args[0]) if one.args else ""
    elif is_a(one, "aioesphomeapi.BluetoothGATTAPIError"):
        yield "esphome.gatt", str(one.error.error), text_of(one)
    elif getattr(one, "error_namespace", None) in _SPACES:
        yield _SPACES[one.error_namespace], str(one.error_code), str(getattr(one, "error_name", ""))
    elif isinstance(getattr(one, "error_code", None), int) and type(one).__module__ == "bumble.hci":
        yield "hci", str(one.error_code), text_of(one)


def _reply(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    if number := att_number(text):
        yield "att", str(int(number, 16)), text
    yield "bluez.dbus", name, text
