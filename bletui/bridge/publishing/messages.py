"""What is published: a sort, which decides how, a topic, and one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from bletui.bridge.publishing.topics import topic
from bletui.text import bounded

PAYLOAD_MAX = 32 * 1024  # bytes
_CUT_MAX = 120  # characters of each text in an object that was too long


class Sort(Enum):
    """The level below the bridge's name, the quality of service, and whether the broker keeps the newest.

    Devices: the next message says it again, and an acknowledgement each would double the traffic; kept, the addresses
    that devices change every 15 minutes would fill the broker for ever. Links, failures and losses happen once, so
    they are repeated until the broker has them. Lanes and status are few, and whoever subscribes wants to know them.
    """

    DEVICE = ("devices", 0, False)
    LINK = ("links", 1, False)
    FAILURE = ("failures", 1, False)
    LANE = ("lanes", 1, True)
    SHED = ("shed", 1, False)
    STATUS = ("status", 1, True)

    def __init__(self, level: str, qos: int, retain: bool) -> None:
        self.level = level
        self.qos = qos
        self.retain = retain


class Message(NamedTuple):
    sort: Sort
    topic: str
    payload: bytes


def message(root: str, sort: Sort, record: Mapping[str, Any], *levels: str) -> Message:
    return Message(sort, topic(root, sort.level, *levels), payload(record))


def payload(record: Mapping[str, Any]) -> bytes:
    """ASCII JSON of at most `PAYLOAD_MAX` bytes. Of a longer object the short values are left, and `cut` says so."""
    made = _json(record)
    if len(made) <= PAYLOAD_MAX:
        return made
    short = {name: bounded(value, _CUT_MAX) if isinstance(value, str) else value for name, value in record.items()}
    return _json({name: value for name, value in short.items() if _is_plain(value)} | {"cut": True})


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _json(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":"), allow_nan=False).encode("ascii")
