"""Every native failure that research found (`native_failures.tsv`), as the stimulus that a backend would hand over.

The file was written before the product's tables and is not made from them: source, code, message, kind, retry.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from bletui.errors import Native

HERE = Path(__file__).parent
# Lists of the same source that research kept apart.
SAME = {
    "cassia.http500.variant": "cassia.http500",
    "tuya.appsdk.unlisted": "tuya.appsdk",
    "tuya.cloudapi.COLLIDES": "tuya.cloudapi",
    "bluez.failed-body": "bluez.dbus",
}
EMPTY = {"(empty)", "(empty str)", "(absent)", "(empty body)"}
# Where the list describes what happened, what really arrives.
REAL = {
    "(SSE open, > 20-30 streams)": ("500", "resource limit", "too-many-streams"),
    "(STATUS_FAILURE_WITH_BIND_GWIDS_1)": ("1003", "", ""),
    "(any other number)": ("99999", "", ""),
    "(HTML page)": ("500", "<!doctype html><title>Error</title>", ""),
    "OK (text, JSON expected)": ("200", "OK", "json"),
    "ConnectError (no cause)": ("ConnectError", "", ""),
    "msgpack.ExtraData / FormatError / StackError": ("msgpack.exceptions.ExtraData", "", ""),
    "StreamConsumed/StreamClosed/ResponseNotRead": ("StreamClosed", "", ""),
    "0x14-0x7F": ("0x55", "Reserved", ""),
    "0xA0-0xDF": ("0xA5", "Reserved", ""),
    "0xE0-0xFB": ("0xE7", "Common", ""),
    "1xx/3xx": ("302", "Found", ""),
    "(other)": ("98", "something newer", ""),
    "hci.HCI_Error / HCI_StatusError": ("hci.HCI_Error", "", ""),
    "transport.TransportInitError / TransportLostError": ("transport.TransportLostError", "", ""),
    "X: Notifications are already enabled on service:...": (
        "BleakError",
        "F4: Notifications are already enabled on service:180f",
        "",
    ),
    "ConnectError+SSLError TLSV1_ALERT_*": ("ConnectError+SSLError TLSV1_ALERT_PROTOCOL_VERSION", "", ""),
}


class Listed(NamedTuple):
    source: str
    code: str
    message: str
    kind: str
    retry: str


def listed(name: str = "native_failures.tsv") -> list[Listed]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()[1:]
    return [Listed(*_fields(line)) for line in lines]


def _fields(line: str) -> list[str]:
    fields = next(csv.reader([line], delimiter="\t"))
    return [*fields, ""] if len(fields) == 4 else fields


def stimulus(row: Listed) -> Native:
    """What a backend would hand to `classify`."""
    source = SAME.get(row.source, row.source)
    code, message, phase = REAL.get(row.message) or REAL.get(row.code) or _plain(source, row)
    if source in ("cassia.http500", "cassia.http") and code.isdigit():
        body = message.encode().replace(b"\\r\\n", b"\r\n")
        return Native(source="cassia.http", code=code, status=int(code), body=body, phase=phase)
    if source == "http.status":
        return Native(source=source, code=code, status=int(code), body=b"")
    return Native(source=source, code=code, message=message, phase=phase)


def _plain(source: str, row: Listed) -> tuple[str, str, str]:
    code, _, phase = row.code.partition("/") if source != "winrt" or "Gatt" in row.code else (row.code, "", "")
    code = code.removeprefix("asyncio.")
    if source == "esphome.connect" and " ESP_" in code:
        code = code.partition(" ")[2]
    if source == "cassia.sse.connection-state":
        phase = ""
    return code, "" if row.message in EMPTY else row.message, phase
