"""What a process and a bus hold, to be compared before and after."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from dbus_fast import Message

from bletui.testing.fakebluez import FakeBluez
from tests.testing.fakebluez.client import Client

STATS = "org.freedesktop.DBus.Debug.Stats"


@dataclass(frozen=True, slots=True)
class Held:
    """Open descriptors and tasks of this process; names and match rules on the bus; what the double keeps."""

    descriptors: int
    tasks: int
    connections: int
    rules: int
    watchers: int
    sessions: int


async def held(fake: FakeBluez, client: Client) -> Held:
    """`client` is any connection, made before the first measurement."""
    gc.collect()
    names = [name for name in await _names(client) if name.startswith(":")]
    return Held(
        descriptors=_descriptors(),
        tasks=len(asyncio.all_tasks()),
        connections=len(names),
        rules=await _rules(client),
        watchers=await _watchers(),
        sessions=sum(
            len(each.sessions.clients)
            for adapter in fake.adapters.values()
            for device in adapter.devices.values()
            for each in device.gatt.characteristics.values()
        ),
    )


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def _names(client: Client) -> list[str]:
    reply = await client.send("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames")
    names: list[str] = reply.body[0]
    return names


async def _rules(client: Client) -> int:
    """All match rules of all clients, as the bus counts them."""
    reply: Message = await client.send("org.freedesktop.DBus", "/org/freedesktop/DBus", STATS, "GetAllMatchRules")
    assert reply.error_name is None, reply.body
    rules: dict[str, list[str]] = reply.body[0]
    return sum(map(len, rules.values()))


async def _watchers() -> int:
    manager: Any = await get_global_bluez_manager()
    return (
        sum(map(len, manager._device_watchers.values()))
        + sum(map(len, manager._condition_callbacks.values()))
        + len(manager._device_removed_callbacks)
    )
