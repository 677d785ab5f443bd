"""Puts up the air and keeps it: `python -m tests.bluez_vm.air --adapters 2 --advertisers 50`; a file says it is ready.

Steered over a socket, one line of JSON in and one out (steer.py): drop, advertise, vanish, beacons, unplug, plug,
refuse, restore, unbond, typed, stat.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bumble.transport.vhci import open_vhci_transport

# Now and not later: the kernel gives an HCI command 2 s, so the loop must not stall once a controller is open.
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.bluez_vm.air.beacons import beacons, ghost, send
from tests.bluez_vm.air.controller import Ether, HostController, Packet
from tests.bluez_vm.air.peripherals import Peripherals, Types

SOCKET = "/run/air.sock"
READY = Path("/run/air.ready")
TRIES = 4  # plugging in an adapter: on a starved machine the kernel's first commands run into their time limit


class Air:
    def __init__(self, group: asyncio.TaskGroup, adapters: int, interval: float) -> None:
        self._group = group
        self.ether = Ether()
        self.adapters: dict[int, tuple[HostController, Any]] = {}
        self.peripherals = Peripherals(self.ether, interval, self.start)
        self.packets: list[Packet] = []
        self.numbers = range(adapters)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        self._group.create_task(_whatever(work))

    def controllers(self) -> list[HostController]:
        return [controller for controller, _ in self.adapters.values()]

    def fill(self, count: int) -> None:
        self.packets[:] = [*beacons(count), ghost()]

    async def plug(self, number: int) -> None:
        """Plugs the adapter in and has bluetoothd power it."""
        for _ in range(TRIES):
            transport = await open_vhci_transport(None)
            controller = HostController(
                f"hci{number}",
                host_source=transport.source,
                host_sink=transport.sink,
                link=self.ether,
                public_address=f"00:1A:7D:00:00:{number + 1:02X}",
            )
            self.adapters[number] = controller, transport
            if await powered(number):
                return
            await self.unplug(number)
        raise SystemExit(f"hci{number} was not powered")

    async def unplug(self, number: int) -> None:
        controller, transport = self.adapters.pop(number)
        controller.leave()
        self.ether.remove_controller(controller)
        await transport.close()

    async def restore(self) -> None:
        """Everything plugged in and powered, no links, everybody on the air."""
        for number in self.numbers:
            if number not in self.adapters:
                await self.plug(number)
            elif not await powered(number):
                raise RuntimeError(f"hci{number} is not powered")
        for device in self.peripherals.devices.values():
            for link in list(device.connections.values()):
                await link.disconnect()
        for name in list(self.peripherals.silent):
            await self.peripherals.advertise(name, on=True)

    async def steer(self, wish: dict[str, Any]) -> dict[str, Any]:
        device: Any = self.peripherals.devices.get(wish.get("name", ""))
        match wish["op"]:
            case "drop":
                for link in list(device.connections.values()):
                    await link.disconnect()
            case "advertise":
                await self.peripherals.advertise(wish["name"], on=wish["on"])
            case "vanish":
                for controller in self.controllers():
                    controller.lose(device.random_address)
            case "beacons":
                self.fill(wish["count"])
            case "unplug":
                await self.unplug(wish["adapter"])
            case "plug":
                await self.plug(wish["adapter"])
            case "refuse":
                for controller in self.controllers():
                    controller.refuse = wish["status"]
            case "restore":
                await self.restore()
            case "unbond":
                if device.keystore:
                    await device.keystore.delete_all()
            case "typed":
                Types.typed = wish["passkey"]
            case "stat":
                return {f"hci{number}": _state(one) for number, (one, _) in self.adapters.items()}
            case unknown:
                raise ValueError(unknown)
        return {}

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            try:
                answer = {"ok": True, **await self.steer(json.loads(line))}
            except Exception as error:  # told to whoever steers
                answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()


def _state(controller: HostController) -> dict[str, Any]:
    links = [str(address).partition("/")[0] for address in controller.le_connections]
    return {
        "scanning": bool(controller.le_scan_enable),
        "links": links,
        "connecting": bool(controller.pending_le_connection),
    }


async def _whatever(work: Coroutine[Any, Any, Any]) -> None:
    """What a peripheral does of its own; that its link is gone meanwhile is part of the stories."""
    try:
        await work
    except Exception:
        logging.exception("a peripheral's own work")


async def powered(number: int, within: float = 15.0) -> bool:
    """Whether bluetoothd has powered the adapter in time; asked to after a second."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    try:
        for turn in range(int(within * 20)):
            found = await bus.call(_property(number, "Get", "ss", []))
            if found.message_type is MessageType.METHOD_RETURN:
                if found.body[0].value:
                    return True
                if turn % 20 == 19:
                    await bus.call(_property(number, "Set", "ssv", [Variant("b", True)]))
            await asyncio.sleep(0.05)
        return False
    finally:
        bus.disconnect()


def _property(number: int, member: str, signature: str, value: list[Any]) -> Message:
    return Message(
        destination="org.bluez",
        path=f"/org/bluez/hci{number}",
        interface="org.freedesktop.DBus.Properties",
        member=member,
        signature=signature,
        body=["org.bluez.Adapter1", "Powered", *value],
    )


def ready() -> None:
    READY.touch()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--adapters", type=int, default=2)
    parser.add_argument("--advertisers", type=int, default=50)
    parser.add_argument("--interval", type=float, default=0.5, help="seconds between two packets of a device")
    asked = parser.parse_args()
    async with asyncio.TaskGroup() as group:
        air = Air(group, asked.adapters, asked.interval)
        await air.peripherals.make()
        air.fill(asked.advertisers)
        await asyncio.start_unix_server(air.listen, SOCKET)
        for number in air.numbers:
            await air.plug(number)
        group.create_task(send(air.packets, air.controllers, asked.interval))
        ready()
        await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    asyncio.run(main())
