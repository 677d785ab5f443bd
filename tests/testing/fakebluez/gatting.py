"""A plain D-Bus client on a link of the double, with its characteristics by UUID."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dbus_fast import Message, Variant

from bletui.testing.fakebluez import FakeBluez, Peripheral
from tests.testing.fakebluez.client import DEVICE, HCI0, Client, connected
from tests.waiting import until

CHARACTERISTIC = "org.bluez.GattCharacteristic1"
DESCRIPTOR = "org.bluez.GattDescriptor1"
SERVICE = "org.bluez.GattService1"


def path_of(peripheral: Peripheral) -> str:
    return f"{HCI0}/dev_{peripheral.address.replace(':', '_')}"


class Attributes:
    """The objects below one device."""

    def __init__(self, client: Client, device: str) -> None:
        self.client = client
        self.device = device
        self.objects: dict[str, dict[str, dict[str, Variant]]] = {}

    async def look(self) -> None:
        managed = await self.client.managed()
        self.objects = {path: held for path, held in managed.items() if path.startswith(f"{self.device}/")}

    def path(self, uuid: str, interface: str = CHARACTERISTIC) -> str:
        """The first with this UUID, by handle."""
        return min(p for p, held in self.objects.items() if interface in held and held[interface]["UUID"].value == uuid)

    def properties(self, uuid: str, interface: str = CHARACTERISTIC) -> dict[str, Variant]:
        return self.objects[self.path(uuid, interface)][interface]

    async def call(self, member: str, uuid: str, signature: str = "", *body: Any) -> Message:
        return await self.client.call(member, self.path(uuid), CHARACTERISTIC, signature, *body)

    async def read(self, uuid: str, **options: Variant) -> Message:
        return await self.call("ReadValue", uuid, "a{sv}", options)

    async def write(self, uuid: str, value: bytes, **options: Variant) -> Message:
        return await self.call("WriteValue", uuid, "aya{sv}", value, options)

    def told(self, uuid: str) -> list[tuple[str, Any]]:
        """Every property change of one characteristic."""
        path = self.path(uuid)
        return [
            item for at, changed, _ in self.client.changed(CHARACTERISTIC) if at == path for item in changed.items()
        ]


@asynccontextmanager
async def linked(fake: FakeBluez, peripheral: Peripheral) -> AsyncIterator[Attributes]:
    """A link that was there before the client came; its services are known."""
    device = fake.adapters["hci0"].join(peripheral.address)
    await until(lambda: device.gatt.resolved)
    async with connected(fake.address) as client:
        attributes = Attributes(client, device.path)
        await attributes.look()
        yield attributes


async def again(fake: FakeBluez, attributes: Attributes) -> None:
    """Connects once more and waits for the services."""
    await attributes.client.call("Connect", attributes.device, DEVICE)
    device = fake.adapters["hci0"].devices[attributes.device]
    await until(lambda: device.gatt.resolved)
