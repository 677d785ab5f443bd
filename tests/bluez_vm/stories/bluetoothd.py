"""What an administrator does to bluetoothd and its adapters while bletui runs."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

DAEMON = "/usr/libexec/bluetooth/bluetoothd"
LOG = Path("/var/log/bluetoothd.log")
_started: list[subprocess.Popen[bytes]] = []  # kept: nobody waits for them


async def power(adapter: str, *, on: bool) -> None:
    """As `bluetoothctl power on`, on a connection of its own."""
    message = Message(
        destination="org.bluez",
        path=f"/org/bluez/{adapter}",
        interface="org.freedesktop.DBus.Properties",
        member="Set",
        signature="ssv",
        body=["org.bluez.Adapter1", "Powered", Variant("b", on)],
    )
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        answer = await bus.call(message)
        if answer.message_type is not MessageType.METHOD_RETURN:
            raise RuntimeError(f"{adapter} not switched: {answer.body}")
    finally:
        bus.disconnect()


def running() -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
        except OSError:
            continue  # it ended while we looked
        if name == "bluetoothd":
            found.append(int(folder.name))
    return found


def kill() -> None:
    """As a crash: the kernel keeps what it was told."""
    for number in running():
        os.kill(number, signal.SIGKILL)


def start() -> None:
    with LOG.open("ab") as log:
        _started.append(subprocess.Popen([DAEMON, "-n", "-E"], stdout=log, stderr=subprocess.STDOUT))


def another_scan() -> subprocess.Popen[bytes]:
    """Another program that scans, for a minute at most; `with` ends it."""
    command = ["bluetoothctl", "--timeout", "60", "scan", "on"]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
