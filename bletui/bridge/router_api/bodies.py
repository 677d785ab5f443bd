"""What calls on devices are given: paths, queries and JSON; a wrong value is `request.invalid` and names itself.

Numbers may be text, JSON may be a form, keys may be those of older tools, and what is not known is passed over, as
routers do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bletui.model import AddressType, PromptWhat
from bletui.target import invalid

_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){1,512}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_FORM = re.compile(r"[A-Za-z_-]+=[^&]*(?:&[A-Za-z_-]+=[^&]*)*")
_TYPES: Mapping[object, AddressType] = {"public": "public", "random": "random"}
TIMEOUT, TIMEOUTS = 5000, (200, 20_000)  # ms


@dataclass(frozen=True, slots=True)
class Connecting:
    """`timeout`: seconds; `again`: how often a link that drops as it comes up is tried anew. None: not told."""

    address_type: AddressType | None
    timeout: float
    refresh: bool = False
    again: int = 0
    chip: int | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """Devices to connect: each attempt has `timeout` seconds, each device `per_device` from its first attempt on."""

    devices: tuple[tuple[str, AddressType], ...]
    timeout: float
    per_device: float
    chip: int | None = None


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text.upper()) is not None


def address(text: str) -> str:
    upper = text.upper()
    if not is_address(upper):
        raise invalid(f"{text[:40]!r} is no device's address")
    return upper


def handle(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= 0xFFFF:
        raise invalid(f"handle={text[:20]}: a number from 1 to 65535 is expected")
    return int(text)


def value(text: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise invalid(f"value={text[:20]}: 1 to 512 bytes in hex are expected")
    return bytes.fromhex(text)


def fields(body: bytes) -> Mapping[str, Any]:
    """A JSON object or a form, whatever the media type says, without what is null; or nothing at all."""
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return {}
    if _FORM.fullmatch(text):
        return dict(parse_qsl(text))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid("the body is neither JSON nor a form") from None
    if not isinstance(found, dict):
        raise invalid("the body is not an object")
    return {name: value for name, value in found.items() if value is not None}


def connecting(given: Mapping[str, Any], query: Mapping[str, str]) -> Connecting:
    return Connecting(
        _type(given.get("type") or query.get("type")),
        timeout(given),
        _number(given, "discovergatt", 1, 0, 1) == 0,
        _number(given, "fail_retry_times", 0, 0, 10),
        _chip(given, query),
    )


def several(given: Mapping[str, Any], query: Mapping[str, str]) -> Several:
    """The body of a batch connect, or of a connect by list."""
    listed = given.get("list")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise invalid('list: [{"type":"random","addr":"C0:00:5B:D1:B7:25"}] is expected')
    devices = tuple((address(str(one.get("addr", ""))), _type(one.get("type"))) for one in listed)
    each = timeout(given)
    per_device = _number(given, "per_dev_timeout", int(2 * each * 1000), 0, 10**9) / 1000
    return Several(tuple(dict(devices).items()), each, max(each, per_device), _chip(given, query))


def timeout(given: Mapping[str, Any]) -> float:
    """Seconds. Values beyond what is documented are clamped: the vendor's own client sends 60000.

    The `timeOut` of its older tools is no key of the API: some send 1 in it.
    """
    low, high = TIMEOUTS
    return min(high, max(low, _number(given, "timeout", TIMEOUT, 0, 10**9))) / 1000


def phys(given: Mapping[str, Any], key: str) -> tuple[str, ...]:
    text = given.get(key, "")
    names = tuple(name.strip().upper() for name in text.split(",") if name) if isinstance(text, str) else ("?",)
    if any(name not in ("1M", "2M", "CODED") for name in names):
        raise invalid(f"{key}: any of 1M, 2M, CODED is expected")
    return names


def pairing(given: Mapping[str, Any]) -> Mapping[PromptWhat, str]:
    """Answers that a request to pair holds already: its out-of-band data, and that nobody is there to be asked."""
    answers: dict[PromptWhat, str] = {}
    if isinstance(given.get("rand"), str) and isinstance(given.get("confirm"), str):
        answers["oob-sc"] = f"{given['rand']}:{given['confirm']}"
    if given.get("iocapability", given.get("io-capability")) == "NoInputNoOutput":
        answers |= {"compare": "1", "confirm": "1"}
    return answers


def pairing_input(given: Mapping[str, Any]) -> str:
    """What an answer to a pairing's question holds, whatever was asked."""
    found = given.get("passkey", given.get("tk"))
    if isinstance(found, (str, int)) and not isinstance(found, bool):
        return str(found)
    if isinstance(given.get("rand"), str) and isinstance(given.get("confirm"), str):
        return f"{given['rand']}:{given['confirm']}"
    raise invalid("passkey or tk is expected")


def _type(kind: object) -> AddressType:
    if kind in (None, ""):
        return "public"
    if not isinstance(kind, str) or kind not in _TYPES:
        raise invalid("type: public or random is expected")
    return _TYPES[kind]


def _chip(given: Mapping[str, Any], query: Mapping[str, str]) -> int | None:
    chip = query.get("chip") or given.get("chip")
    return None if chip in (None, "", "all") else _number({"chip": chip}, "chip", 0, 0, 255)


def _number(given: Mapping[str, Any], key: str, default: int, low: int, high: int) -> int:
    found = given.get(key, default)
    if isinstance(found, bool) or not isinstance(found, (int, str)) or not _NUMBER.fullmatch(str(found)):
        raise invalid(f"{key}: a whole number is expected")
    if not low <= int(found) <= high:
        raise invalid(f"{key}={found}: a number from {low} to {high} is expected")
    return int(found)
